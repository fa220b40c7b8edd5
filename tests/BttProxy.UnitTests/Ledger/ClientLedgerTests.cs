using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static BttProxy.UnitTests.Ledger.LedgerSamples;

namespace BttProxy.UnitTests.Ledger;

public sealed class ClientLedgerTests : IAsyncLifetime
{
    private const string Torrent = "0123456789abcdef0123456789abcdef01234567";

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(Now);
    private ClientLedger _ledger = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _ledger = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task ChannelSaved_IsFoundByIdAndByRelay()
    {
        using var lease = await OpenChannelAsync("a");
        var channel = await _ledger.FindChannelAsync(Id("a"), Cancelled);

        Assert.Equal((Terms("a"), RelayNamed("r"), 0UL, new TokenAmount(100)), (channel!.Terms, channel.Relay, channel.Epoch, channel.Reserved));
        Assert.Equal(channel, Assert.Single(await _ledger.ChannelsAsync(RelayNamed("r"), Cancelled)));
        Assert.Equal(channel, Assert.Single(await _ledger.ChannelsAsync(null, Cancelled)));
        Assert.Empty(await _ledger.ChannelsAsync(RelayNamed("other"), Cancelled));
        Assert.Null(await _ledger.FindChannelAsync(Id("b"), Cancelled));
    }

    [Fact]
    public async Task OpeningOfAChannel_SurvivesAndTheLastOneCounts()
    {
        using var lease = await OpenChannelAsync("a");
        Assert.Null(await _ledger.FindOpeningAsync(Id("a"), Cancelled));
        var first = new ClientOpening(new OpenAuthorization(new TokenAmount(5), 0, 77, Voucher("a", 1).Signature), new TokenAmount(3));
        await _ledger.SaveOpeningAsync(lease, first, null, null, Cancelled);
        await _ledger.DisposeAsync();
        _ledger = await OpenAsync();

        Assert.Equal(first, await _ledger.FindOpeningAsync(Id("a"), Cancelled));
        var second = first with { Authorization = first.Authorization with { Amount = new TokenAmount(9) } };
        await _ledger.SaveOpeningAsync(lease, second, null, null, Cancelled);
        Assert.Equal(second, await _ledger.FindOpeningAsync(Id("a"), Cancelled));
        await _ledger.ExpireOpeningAsync(lease, Cancelled);
        var expired = await _ledger.FindOpeningAsync(Id("a"), Cancelled);
        Assert.Equal((second.Fee, 0UL), (expired!.Fee, expired.Authorization.Deadline));
        await _ledger.RemoveOpeningAsync(lease, Cancelled);
        Assert.Null(await _ledger.FindOpeningAsync(Id("a"), Cancelled));
    }

    [Fact]
    public async Task FeeForAnOpening_IsStoredWithIt_OrNeither()
    {
        using var lease = await OpenChannelAsync("a");
        var opening = new ClientOpening(new OpenAuthorization(new TokenAmount(100), 0, 77, Voucher("a", 1).Signature), new TokenAmount(7));
        var purchase = new Purchase("torrent", ByteCount.Zero);

        Assert.Equal(RecordOutcome.AboveReserved, await _ledger.SaveOpeningAsync(lease, opening, Voucher("a", 101), purchase, Cancelled));
        Assert.Null(await _ledger.FindOpeningAsync(Id("a"), Cancelled));
        Assert.Equal(RecordOutcome.Stored, await _ledger.SaveOpeningAsync(lease, opening, Voucher("a", 7), purchase, Cancelled));
        Assert.Equal(opening, await _ledger.FindOpeningAsync(Id("a"), Cancelled));
        Assert.Equal(Voucher("a", 7), (await _ledger.FindChannelAsync(Id("a"), Cancelled))!.Highest);
        Assert.Equal(new TokenAmount(7), (await _ledger.SpendOfAsync("torrent", Cancelled)).Amount);
    }

    [Fact]
    public async Task WalletsTransaction_SurvivesUntilItsOwnEnd()
    {
        var first = new WalletTransaction("deposit", "7", Id("x").Value, Now, new byte[] { 1, 2 });
        var second = first with { Id = Id("y").Value };
        await _ledger.SaveTransactionAsync(first, Cancelled);
        await _ledger.DisposeAsync();
        _ledger = await OpenAsync();

        var found = await _ledger.FindTransactionAsync("deposit", Cancelled);
        Assert.Equal((first.Detail, first.Id, first.ExpiresAt), (found!.Detail, found.Id, found.ExpiresAt));
        Assert.Equal(first.Payload.ToArray(), found.Payload.ToArray());
        await _ledger.SaveTransactionAsync(second, Cancelled);
        await _ledger.RemoveTransactionAsync(first, Cancelled);
        Assert.Equal(second.Id, (await _ledger.FindTransactionAsync("deposit", Cancelled))?.Id);
        await _ledger.RemoveTransactionAsync(second, Cancelled);
        Assert.Null(await _ledger.FindTransactionAsync("deposit", Cancelled));
    }

    [Theory]
    [InlineData(11, 0, "", RecordOutcome.Stored)]
    [InlineData(10, 0, "", RecordOutcome.Repeated)]
    [InlineData(10, 0, "another signature", RecordOutcome.NotHigher)]
    [InlineData(9, 0, "", RecordOutcome.NotHigher)]
    [InlineData(11, 1, "", RecordOutcome.WrongEpoch)]
    [InlineData(101, 0, "", RecordOutcome.AboveReserved)]
    public async Task SecondVoucher_IsStoredOnlyWhenHigher(ulong amount, ulong epoch, string signature, RecordOutcome expected)
    {
        using var lease = await OpenChannelAsync("a");
        Assert.Equal(RecordOutcome.Stored, await _ledger.RecordVoucherAsync(lease, Voucher("a", 10), null, Cancelled));
        Assert.Equal(expected, await _ledger.RecordVoucherAsync(lease, Voucher("a", amount, epoch, signature), null, Cancelled));

        var highest = expected == RecordOutcome.Stored ? Voucher("a", amount) : Voucher("a", 10);
        Assert.Equal(highest, (await _ledger.FindChannelAsync(Id("a"), Cancelled))!.Highest);
    }

    [Fact]
    public async Task UnknownChannel_IsRefused()
    {
        using var lease = _ledger.TryLease(Id("b"))!;
        Assert.Equal(RecordOutcome.UnknownChannel, await _ledger.RecordVoucherAsync(lease, Voucher("b", 1), null, Cancelled));
    }

    [Fact]
    public async Task LeaseOfAnotherChannelOrGivenBack_CannotRecord()
    {
        var lease = await OpenChannelAsync("a");
        await Assert.ThrowsAsync<ArgumentException>(() => _ledger.RecordVoucherAsync(lease, Voucher("b", 1), null, Cancelled));
        lease.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _ledger.RecordVoucherAsync(lease, Voucher("a", 1), null, Cancelled));
    }

    [Fact]
    public async Task LeaseTaken_NobodyElseGetsItUntilItIsGivenBack()
    {
        await using var second = await OpenAsync();
        var lease = _ledger.TryLease(Id("a"));
        Assert.NotNull(lease);
        Assert.Null(_ledger.TryLease(Id("a")));
        Assert.Null(second.TryLease(Id("a")));
        using var other = second.TryLease(Id("b"));
        Assert.NotNull(other);

        lease.Dispose();
        using var again = second.TryLease(Id("a"));
        Assert.NotNull(again);
    }

    [Fact]
    public async Task EpochRises_StartsAtZeroAndRemembersWhatWasSpent()
    {
        using var lease = await OpenChannelAsync("a");
        await _ledger.RecordVoucherAsync(lease, Voucher("a", 10), null, Cancelled);
        var rolled = await _ledger.SaveChannelAsync(lease, RelayNamed("r"), Terms("a"), 1, new TokenAmount(7), Cancelled);
        var stale = await _ledger.SaveChannelAsync(lease, RelayNamed("r"), Terms("a"), 0, new TokenAmount(100), Cancelled);

        Assert.Equal((1UL, new TokenAmount(7), TokenAmount.Zero, new TokenAmount(10)), (rolled.Epoch, rolled.Reserved, rolled.Signed, rolled.SpentBefore));
        Assert.Equal(rolled, stale);
        Assert.Equal(RecordOutcome.Stored, await _ledger.RecordVoucherAsync(lease, Voucher("a", 5, epoch: 1), null, Cancelled));
    }

    [Fact]
    public async Task AdoptedChannel_ComesWithItsVoucher_AndCostsNothing()
    {
        using var lease = _ledger.TryLease(Id("a"))!;
        Assert.Equal(
            RecordOutcome.Stored,
            await _ledger.AdoptChannelAsync(lease, RelayNamed("r"), Terms("a"), 3, new TokenAmount(100), Voucher("a", 40, epoch: 3), Cancelled));

        var channel = (await _ledger.FindChannelAsync(Id("a"), Cancelled))!;
        Assert.Equal((3UL, new TokenAmount(40), TokenAmount.Zero), (channel.Epoch, channel.Signed, channel.SpentBefore));
        Assert.Equal(default, await _ledger.SpendOnAsync(DateOnly.FromDateTime(Now.UtcDateTime), Cancelled));
        Assert.Equal(
            RecordOutcome.NotHigher,
            await _ledger.AdoptChannelAsync(lease, RelayNamed("r"), Terms("a"), 3, new TokenAmount(100), Voucher("a", 39, epoch: 3), Cancelled));
        Assert.Equal(
            RecordOutcome.WrongEpoch,
            await _ledger.AdoptChannelAsync(lease, RelayNamed("r"), Terms("a"), 2, new TokenAmount(100), Voucher("a", 50, epoch: 2), Cancelled));
        Assert.Equal(channel, await _ledger.FindChannelAsync(Id("a"), Cancelled));
    }

    [Fact]
    public async Task QuarantinedChannel_TakesNoVoucherUntilItsNextEpoch()
    {
        using var lease = await OpenChannelAsync("a");
        await _ledger.RecordVoucherAsync(lease, Voucher("a", 10), null, Cancelled);
        Assert.True(await _ledger.QuarantineAsync(lease, "why", Cancelled));

        Assert.Equal(RecordOutcome.Quarantined, await _ledger.RecordVoucherAsync(lease, Voucher("a", 11), null, Cancelled));
        var same = await _ledger.SaveChannelAsync(lease, RelayNamed("r"), Terms("a"), 0, new TokenAmount(200), Cancelled);
        Assert.Equal(("why", new TokenAmount(10)), (same.Quarantine, same.Signed));
        Assert.Equal(same, await _ledger.FindChannelAsync(Id("a"), Cancelled));

        Assert.Null((await _ledger.SaveChannelAsync(lease, RelayNamed("r"), Terms("a"), 1, new TokenAmount(50), Cancelled)).Quarantine);
        Assert.Equal(RecordOutcome.Stored, await _ledger.RecordVoucherAsync(lease, Voucher("a", 11, epoch: 1), null, Cancelled));
        using var unknown = _ledger.TryLease(Id("b"))!;
        Assert.False(await _ledger.QuarantineAsync(unknown, "why", Cancelled));
    }

    [Fact]
    public async Task Spend_IsKeptByTorrentDayAndRelay()
    {
        using var lease = await OpenChannelAsync("a");
        await _ledger.RecordVoucherAsync(lease, Voucher("a", 10), new Purchase(Torrent, new ByteCount(100)), Cancelled);
        await _ledger.RecordVoucherAsync(lease, Voucher("a", 10), new Purchase(Torrent, new ByteCount(100)), Cancelled);
        await _ledger.RecordVoucherAsync(lease, Voucher("a", 13), new Purchase(Torrent, new ByteCount(30)), Cancelled);
        _time.Advance(TimeSpan.FromDays(1));
        await _ledger.RecordVoucherAsync(lease, Voucher("a", 20), new Purchase("ff", new ByteCount(70)), Cancelled);

        var today = DateOnly.FromDateTime(Now.UtcDateTime);
        Assert.Equal(new Spend(new TokenAmount(13), new ByteCount(130)), await _ledger.SpendOfAsync(Torrent, Cancelled));
        Assert.Equal(new Spend(new TokenAmount(13), new ByteCount(130)), await _ledger.SpendOnAsync(today, Cancelled));
        Assert.Equal(
            [
                new SpendEntry(today, Torrent, RelayNamed("r"), new Spend(new TokenAmount(13), new ByteCount(130))),
                new SpendEntry(today.AddDays(1), "ff", RelayNamed("r"), new Spend(new TokenAmount(7), new ByteCount(70))),
            ],
            await _ledger.SpendsAsync(today, today.AddDays(1), Cancelled));
    }

    [Fact]
    public async Task TwoLedgersOnOneFile_SeeEachOthersVouchers()
    {
        using var lease = await OpenChannelAsync("a");
        await using var second = await OpenAsync();
        using var other = second.TryLease(Id("b"))!;
        await second.SaveChannelAsync(other, RelayNamed("r"), Terms("b"), 0, new TokenAmount(100), Cancelled);

        var vouchers = Enumerable.Range(1, 20).SelectMany(amount => new[]
        {
            _ledger.RecordVoucherAsync(lease, Voucher("a", (ulong)amount), null, Cancelled),
            second.RecordVoucherAsync(other, Voucher("b", (ulong)amount), null, Cancelled),
        });
        Assert.All(await Task.WhenAll(vouchers), outcome => Assert.Equal(RecordOutcome.Stored, outcome));
        Assert.Equal(Voucher("a", 20), (await second.FindChannelAsync(Id("a"), Cancelled))!.Highest);
    }

    private async Task<ChannelLease> OpenChannelAsync(string name)
    {
        var lease = _ledger.TryLease(Id(name))!;
        await _ledger.SaveChannelAsync(lease, RelayNamed("r"), Terms(name), 0, new TokenAmount(100), Cancelled);
        return lease;
    }

    private Task<ClientLedger> OpenAsync() => ClientLedger.OpenAsync(_directory.File("client.db"), _time, null, Cancelled);
}
