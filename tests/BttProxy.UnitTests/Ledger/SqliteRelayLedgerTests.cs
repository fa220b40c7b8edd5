using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Money;
using Xunit;
using static BttProxy.UnitTests.Ledger.LedgerSamples;

namespace BttProxy.UnitTests.Ledger;

public sealed class SqliteRelayLedgerTests : RelayLedgerSuite
{
    private readonly TemporaryDirectory _directory = new();

    private string LedgerPath => _directory.File("relay.db");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task DiskFull_FailsClearlyAndKeepsWhatWasAcknowledged()
    {
        await Ledger.DisposeAsync();
        Ledger = await OpenAsync(new LedgerOptions { MaxBytes = 128 << 10 });
        var saved = 0;
        var failure = await Assert.ThrowsAsync<LedgerException>(async () =>
        {
            for (; ; saved++)
            {
                await Ledger.SaveAsync($"channel {saved}");
                await Ledger.AcceptVoucherAsync(Voucher($"channel {saved}", 10), null, Cancelled);
            }
        });

        Assert.True(failure.IsTransient);
        Assert.Contains("free space", failure.Message, StringComparison.Ordinal);
        Assert.True(saved > 10);
        Assert.Equal(AcceptOutcome.Accepted, (await Ledger.AcceptVoucherAsync(Voucher("channel 0", 11), null, Cancelled)).Outcome);
        await Ledger.DisposeAsync();
        Ledger = await OpenAsync(null);
        Assert.InRange((await Ledger.TotalsAsync(Cancelled)).Accepted.Units, (UInt128)((saved * 10) + 1), (UInt128)((saved * 10) + 11));
        await Ledger.SaveAsync("one more");
    }

    [Fact]
    public async Task TruncatedLog_OpensWithAnEarlierStateOfEveryChannel()
    {
        await Ledger.SaveAsync("a");
        await Ledger.SaveAsync("b");
        var sizes = new List<long>();
        for (ulong amount = 1; amount <= 20; amount++)
        {
            await Ledger.AcceptVoucherAsync(Voucher("a", amount), null, Cancelled);
            await Ledger.AcceptVoucherAsync(Voucher("b", amount), null, Cancelled);
            sizes.Add(new FileInfo(LedgerPath + "-wal").Length);
        }

        foreach (var cut in Enumerable.Range(0, 12).Select(i => sizes[^1] - (i * 3001)))
        {
            var copy = _directory.File($"cut-{cut}.db");
            File.Copy(LedgerPath, copy);
            File.Copy(LedgerPath + "-wal", copy + "-wal");
            await using (var log = new FileStream(copy + "-wal", FileMode.Open))
            {
                log.SetLength(cut);
            }

            await using var ledger = await RelayLedger.OpenAsync(copy, Time, null, Cancelled);
            var (a, b) = (await ledger.FindChannelAsync(Id("a"), Cancelled), await ledger.FindChannelAsync(Id("b"), Cancelled));
            var durable = sizes.FindLastIndex(size => size <= cut) + 1;
            Assert.InRange((int)a!.Accepted.Units, durable, 20);
            Assert.InRange((int)b!.Accepted.Units, (int)a.Accepted.Units - 1, (int)a.Accepted.Units);
        }
    }

    [Fact]
    public async Task OpenInAnotherRelay_IsRefusedClearly()
    {
        var failure = await Assert.ThrowsAsync<LedgerException>(() => OpenAsync(null));
        Assert.Contains("another relay", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GatewayAndSettler_ShareALedgerAndNobodyElseDoes()
    {
        await Ledger.DisposeAsync();
        await using var gateway = await OpenAsync(new LedgerOptions { Part = LedgerPart.Sales });
        await using var settler = await OpenAsync(new LedgerOptions { Part = LedgerPart.Settlement });
        foreach (var part in Enum.GetValues<LedgerPart>())
        {
            Assert.True(LedgerInspection.IsHeld(LedgerPath, part));
            Assert.True((await Assert.ThrowsAsync<LedgerException>(() => OpenAsync(new LedgerOptions { Part = part }))).IsInUse);
        }

        await settler.DisposeAsync();
        Assert.False(LedgerInspection.IsHeld(LedgerPath, LedgerPart.Settlement));
        Assert.True((await Assert.ThrowsAsync<LedgerException>(() => OpenAsync(null))).IsInUse);
        await using var again = await OpenAsync(new LedgerOptions { Part = LedgerPart.Settlement });
    }

    [Fact]
    public async Task VouchersAndClaimsAtTheSameTime_LoseNothingOfEitherProcess()
    {
        const int Vouchers = 200;
        await Ledger.DisposeAsync();
        await using var gateway = await OpenAsync(new LedgerOptions { Part = LedgerPart.Sales });
        await using var settler = await OpenAsync(new LedgerOptions { Part = LedgerPart.Settlement });
        await gateway.SaveAsync("a");
        var claimed = TokenAmount.Zero;
        var selling = Task.Run(async () =>
        {
            for (ulong amount = 1; amount <= Vouchers; amount++)
            {
                Assert.Equal(AcceptOutcome.Accepted, (await gateway.AcceptVoucherAsync(Voucher("a", amount), null, Cancelled)).Outcome);
            }
        }, Cancelled);
        while (claimed < new TokenAmount(Vouchers))
        {
            foreach (var claim in await settler.QueueClaimsAsync([Id("a")], Cancelled))
            {
                Assert.True(await settler.EndClaimAsync(ClaimVerdict.Settled(claim.Id, claim.Voucher.Voucher.Cumulative), Cancelled));
                claimed = claim.Voucher.Voucher.Cumulative;
            }
        }

        await selling;
        var totals = await gateway.TotalsAsync(Cancelled);
        var hour = Assert.Single(await settler.EarningsAsync(Now.AddHours(-1), Now.AddHours(1), Cancelled));
        Assert.Equal((new TokenAmount(Vouchers), new TokenAmount(Vouchers), TokenAmount.Zero), (totals.Accepted, totals.Claimed, totals.Unclaimed));
        Assert.Equal((new TokenAmount(Vouchers), new TokenAmount(Vouchers), Vouchers), (hour.Amount, hour.Claimed, hour.Vouchers));
    }

    [Fact]
    public async Task NotALedger_IsRefusedClearly()
    {
        var path = _directory.File("noise.db");
        await File.WriteAllTextAsync(path, new string('x', 8192), Cancelled);
        var failure = await Assert.ThrowsAsync<LedgerException>(() => RelayLedger.OpenAsync(path, Time, null, Cancelled));
        Assert.Contains("not a sound ledger", failure.Message, StringComparison.Ordinal);
        Assert.Equal(8192, new FileInfo(path).Length);
    }

    [Fact]
    public async Task LedgerOfTheClient_IsRefusedClearly()
    {
        var path = _directory.File("client.db");
        await using (await ClientLedger.OpenAsync(path, Time, null, Cancelled))
        {
        }

        var failure = await Assert.ThrowsAsync<LedgerException>(() => RelayLedger.OpenAsync(path, Time, null, Cancelled));
        Assert.Contains("other kind of program", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DirectoryThatCannotBeMade_IsRefusedClearly()
    {
        var file = _directory.File("file");
        await File.WriteAllTextAsync(file, "", Cancelled);
        await Assert.ThrowsAsync<LedgerException>(() => RelayLedger.OpenAsync(Path.Combine(file, "relay.db"), Time, null, Cancelled));
    }

    protected override Task<RelayLedger> OpenAsync(LedgerOptions? options) => RelayLedger.OpenAsync(LedgerPath, Time, options, Cancelled);
}
