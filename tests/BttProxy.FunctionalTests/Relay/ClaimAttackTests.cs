using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Hosting;
using BttProxy.Tron;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A relay's claim meets strangers and a chain that does not take it; numbers in brackets are attacks of the threat list.</summary>
public sealed class ClaimAttackTests : IAsyncLifetime
{
    private const int Bytes = 100_000;

    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private readonly ShiftedClock _chainClock = new();
    private MarketWorld _world = null!;
    private RelayHost _relay = null!;
    private RelayCustomer _customer = null!;
    private SignedVoucher _voucher;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await MarketWorld.StartAsync(1 << 20, TimeSpan.Zero, Token, _chainClock);
        var options = _world.RelayOptions("relay");
        options.Settlement.RetryDelay = TimeSpan.FromSeconds(1);
        _relay = await _world.StartRelayAsync(options, Token);
        _customer = await RelayCustomer.CreateAsync(_world, _relay.Record, Reserve, Token);
        await _customer.OpenAsync(Reserve, Token);
        await _customer.ReadAsync(_world.InfoHash, 0, Bytes, payEvery: 0, Token);
        _voucher = _customer.VoucherFor(Bytes);
        Assert.Equal(VoucherRejection.Accepted, (await _customer.PayAsync(_voucher, Token)).Code);
    }

    public async ValueTask DisposeAsync()
    {
        _customer.Dispose();
        await _relay.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact] // [29]
    public async Task StrangerWhoClaimsFirst_ChangesNoTotal()
    {
        var claim = await _world.Chain.PrepareClaimAsync([new ClaimRow(_customer.Terms, _voucher)], Token);
        await _world.Chain.SubmitAsync(claim.Transaction, Token);
        var status = await _world.Chain.ClaimStatusAsync(claim.Transaction, Token);
        Assert.Equal(ClaimOutcome.Claimed, Assert.Single(status.Rows).Outcome);

        await _customer.CloseAsync(null, Token);

        await SettledAsync();
    }

    [Fact] // [27]
    public async Task ClaimsThatRunOutOfEnergy_AreSentAgainUntilOneCounts()
    {
        var faults = _world.Devnet.Host.Front.Chain.Faults;
        faults.TransactionsToStarve = 2;

        await _customer.CloseAsync(null, Token);

        await SettledAsync();
        Assert.Equal(0, faults.TransactionsToStarve);
    }

    [Fact] // [27]
    public async Task ClaimThatANodeDrops_ExpiresAndIsSentAnew()
    {
        var faults = _world.Devnet.Host.Front.Chain.Faults;
        faults.TransactionsToDrop = 1;
        await _customer.CloseAsync(null, Token);
        await Eventually.IsTrueAsync(() => faults.TransactionsToDrop == 0);

        // Past the transaction's life by the blocks' clock; a block shows the time.
        _chainClock.Shift = TimeSpan.FromMinutes(2);
        await _world.Devnet.FaucetAsync(_customer.Payer.Address, new TokenAmount(1), Token);

        await SettledAsync();
    }

    [Fact] // [30: a close that the payer's side has not signed]
    public async Task CloseSignedByAStranger_LeavesTheChannelOpenAndTheVoucherClaimed()
    {
        using var stranger = Secp256k1Key.Generate();
        var owed = _voucher.Voucher.Cumulative;
        var close = new CooperativeClose(_customer.ChannelId, 0, owed, (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600);

        await _customer.CloseAsync(null, Token, CloseAuthorization.Create(close, _world.Chain.Domain, stranger));

        await SettledAsync();
        var channel = (await _world.Chain.ChannelAsync(_customer.ChannelId, Token))!;
        Assert.Equal((0UL, Reserve), (channel.Epoch, channel.Reserved));
    }

    [Fact] // [26, 27]
    public async Task NodeThatIsOutWhenASessionCloses_LosesNoClaim()
    {
        var front = _world.Devnet.Host.Front;
        front.IsOut = true;
        await _customer.CloseAsync(null, Token);
        Assert.False(await _relay.ClaimAsync(Token));
        front.IsOut = false;

        await SettledAsync();
    }

    private async Task SettledAsync()
    {
        var owed = _voucher.Voucher.Cumulative;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(90));
        RelayBooks books;
        do
        {
            await Task.Delay(50, deadline.Token);
            books = await _relay.ReadBooksAsync(deadline.Token);
        }
        while (books.Claimed != owed);

        Assert.Equal((owed, TokenAmount.Zero), (books.Accepted, books.Unclaimed));
        Assert.Equal(owed, await _world.Chain.BalanceAsync(_relay.Payee, Token));
        Assert.Equal(owed, (await _world.Chain.ChannelAsync(_customer.ChannelId, Token))!.Claimed);
    }
}
