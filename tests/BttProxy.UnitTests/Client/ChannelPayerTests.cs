using BttProxy.BitTorrent;
using BttProxy.Client.Payments;
using BttProxy.Client.Tunnels;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.UnitTests.BitTorrent;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.UnitTests.Client;

public sealed class ChannelPayerTests : IAsyncDisposable
{
    private const int Window = 262_144;
    private const int PieceLength = 65_536;

    private static readonly PricePerMegabyte Price = new(1_000_000);
    private static readonly ChannelDomain Domain = new(1, new TronAddress(new byte[20]));

    private readonly TemporaryFolder _folder = new();
    private readonly FakeDesk _desk = new();
    private ClientLedger? _ledger;
    private LeasedChannel? _channel;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task VerifiedBytes_ArePaidExactly_AndStoredBeforeTheyAreSent()
    {
        using var payer = await OpenAsync();
        _desk.OnPay = async voucher => Assert.Equal(voucher.Cumulative, (await StoredAsync()).Signed);
        payer.Tally.AddReceived(100_000);
        payer.Tally.AddVerified(65_536);
        await payer.PayDueAsync(isFinal: false, Cancellation);
        Assert.Equal(65_536u, Assert.Single(_desk.Vouchers).Cumulative.Units);
        Assert.Equal(new TokenAmount(65_536), payer.Spent);
    }

    [Fact]
    public async Task InterruptedAtAnyPoint_TheCloseStillPaysEverything()
    {
        using var payer = await OpenAsync();
        var total = 0u;
        for (var i = 0; i < 50; i++)
        {
            total += Window / 2;
            payer.Tally.AddReceived(Window / 2);
            payer.Tally.AddVerified(Window / 2);
            using var interrupt = new CancellationTokenSource();
            var paying = payer.PayDueAsync(isFinal: false, interrupt.Token);
            await interrupt.CancelAsync();
            try
            {
                await paying;
            }
            catch (OperationCanceledException)
            {
                // Before, while or after it was stored: which of them is what the rounds vary.
            }
        }

        await payer.CloseAsync(Cancellation);
        Assert.Equal(total, _desk.Vouchers[^1].Cumulative.Units);
        Assert.Equal(new TokenAmount(total), payer.Spent);
    }

    [Fact]
    public async Task LittleDue_WaitsForMore_ButNotAtTheEnd()
    {
        using var payer = await OpenAsync();
        payer.Tally.AddReceived(1000);
        payer.Tally.AddVerified(1000);
        await payer.PayDueAsync(isFinal: false, Cancellation);
        Assert.Empty(_desk.Vouchers);
        await payer.CloseAsync(Cancellation);
        Assert.Equal(1000u, Assert.Single(_desk.Vouchers).Cumulative.Units);
        Assert.True(_desk.IsClosed);
    }

    [Fact]
    public async Task UnverifiedBytes_AreNeverPaidBeyondOneWindow()
    {
        using var payer = await OpenAsync();
        payer.Tally.AddReceived(10_000_000);
        await payer.PayDueAsync(isFinal: false, Cancellation);
        Assert.Equal((UInt128)Window, Assert.Single(_desk.Vouchers).Cumulative.Units);
        await payer.CloseAsync(Cancellation);
        Assert.Single(_desk.Vouchers);
    }

    [Fact]
    public async Task BadPiece_IsTakenOutOfTheBill()
    {
        using var payer = await OpenAsync();
        payer.Tally.AddReceived(PieceLength);
        payer.Tally.Discard(PieceLength);
        await payer.CloseAsync(Cancellation);
        Assert.Empty(_desk.Vouchers);
    }

    [Fact]
    public async Task Limit_IsNeverExceeded()
    {
        using var payer = await OpenAsync(budget: 70_000);
        Assert.Equal(70_000, payer.PayableBytes);
        payer.Tally.AddReceived(200_000);
        payer.Tally.AddVerified(200_000);
        await payer.CloseAsync(Cancellation);
        Assert.Equal(70_000u, Assert.Single(_desk.Vouchers).Cumulative.Units);
    }

    [Fact]
    public async Task LostAnswer_IsFollowedByTheSameVoucher()
    {
        using var payer = await OpenAsync();
        _desk.Failures = 2;
        payer.Tally.AddReceived(PieceLength);
        payer.Tally.AddVerified(PieceLength);
        await payer.PayDueAsync(isFinal: false, Cancellation);
        Assert.Equal(3, _desk.Vouchers.Count);
        Assert.Single(_desk.Vouchers.Distinct());
    }

    [Fact]
    public async Task RelayThatIsGone_EndsThePayment_AndNothingIsSignedTwice()
    {
        using var payer = await OpenAsync();
        _desk.Failures = int.MaxValue;
        payer.Tally.AddReceived(PieceLength);
        payer.Tally.AddVerified(PieceLength);
        await Assert.ThrowsAsync<TunnelException>(() => payer.PayDueAsync(isFinal: false, Cancellation));
        _desk.Failures = 0;
        await payer.CloseAsync(Cancellation);
        Assert.Single(_desk.Vouchers.Distinct());
    }

    [Fact]
    public async Task RelayThatCountsLess_IsLeft()
    {
        using var payer = await OpenAsync();
        _desk.Answer = static voucher => Accept(voucher) with { AcceptedTotal = TokenAmount.Zero };
        payer.Tally.AddReceived(PieceLength);
        payer.Tally.AddVerified(PieceLength);
        await Assert.ThrowsAsync<PaymentException>(() => payer.PayDueAsync(isFinal: false, Cancellation));
    }

    [Fact]
    public async Task RelayWithAHigherVoucherOfOurs_IsBelieved_OnlyAsFarAsBytesWereReceived()
    {
        using var payer = await OpenAsync();
        payer.Tally.AddReceived(3 * PieceLength);
        payer.Tally.AddVerified(2 * PieceLength);
        SignedVoucher Held(uint amount) => new Voucher(_channel!.Id, 0, new TokenAmount(amount)).Sign(Domain, _channel.SessionKey);
        _desk.Answer = voucher => Accept(voucher) with { Code = VoucherRejection.NotAboveLast, AcceptedTotal = new TokenAmount(3 * PieceLength), LastVoucher = Held(3 * PieceLength) };
        await payer.PayDueAsync(isFinal: false, Cancellation);
        Assert.Equal(new TokenAmount(3 * PieceLength), payer.Signed);
        Assert.Equal(new TokenAmount(3 * PieceLength), (await StoredAsync()).Signed);

        payer.Tally.AddReceived(PieceLength);
        payer.Tally.AddVerified(2 * PieceLength);
        _desk.Answer = voucher => Accept(voucher) with { Code = VoucherRejection.NotAboveLast, LastVoucher = Held(900_000_000) };
        await Assert.ThrowsAsync<PaymentException>(() => payer.PayDueAsync(isFinal: true, Cancellation));
    }

    [Fact]
    public async Task RelayWithAForgedVoucher_IsNotBelieved()
    {
        using var payer = await OpenAsync();
        using var stranger = Secp256k1Key.Generate();
        payer.Tally.AddReceived(3 * PieceLength);
        payer.Tally.AddVerified(PieceLength);
        var forged = new Voucher(_channel!.Id, 0, new TokenAmount(2 * PieceLength)).Sign(Domain, stranger);
        _desk.Answer = voucher => Accept(voucher) with { Code = VoucherRejection.NotAboveLast, LastVoucher = forged };
        await Assert.ThrowsAsync<PaymentException>(() => payer.PayDueAsync(isFinal: false, Cancellation));
    }

    [Fact]
    public async Task VoucherThatACrashKeptBack_GoesFirst()
    {
        using (var crashed = await OpenAsync())
        {
            _desk.Failures = int.MaxValue;
            crashed.Tally.AddReceived(PieceLength);
            crashed.Tally.AddVerified(PieceLength);
            await Assert.ThrowsAsync<TunnelException>(() => crashed.PayDueAsync(isFinal: false, Cancellation));
        }

        _channel!.Dispose();
        _desk.Failures = 0;
        var lost = _desk.Vouchers[0];
        _desk.Vouchers.Clear();
        using var payer = await OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var paid = _desk.NextAsync();
        var running = payer.RunAsync(stop.Token);
        Assert.Equal(lost.Cumulative, (await paid).Cumulative);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(TokenAmount.Zero, payer.Spent);
    }

    [Fact]
    public async Task DebtOfAnEarlierSession_IsPaidFirst()
    {
        using var payer = await OpenAsync(outstanding: 12_345);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var paid = _desk.NextAsync();
        var running = payer.RunAsync(stop.Token);
        Assert.Equal(12_345u, (await paid).Cumulative.Units);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_ledger is not null)
        {
            await _ledger.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static VoucherAnswer Accept(PayVoucher voucher) => new(
        VoucherRejection.Accepted, SignatureVerdict.Valid, voucher.Cumulative, ByteCount.Zero, new ByteCount(Window), null);

    private async Task<ClientChannel> StoredAsync() => (await _ledger!.FindChannelAsync(_channel!.Id, Cancellation))!;

    private async Task<ChannelPayer> OpenAsync(ulong outstanding = 0, ulong? budget = null)
    {
        _ledger ??= await ClientLedger.OpenAsync(Path.Combine(_folder.Path, "client.db"), TimeProvider.System, null, Cancellation);
        var key = Secp256k1Key.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray());
        var terms = new ChannelTerms(default, key.Address, default, default, default, 86_400, default);
        var lease = _ledger.TryLease(terms.Id(Domain))!;
        var channel = await _ledger.SaveChannelAsync(lease, default, terms, 0, new TokenAmount(1_000_000_000), Cancellation);
        _channel = new LeasedChannel(channel, lease, key, null);
        var opened = new SessionOpened(
            SessionId.Generate(), BearerToken.Generate(), Price, new ByteCount(Window), new ByteCount(16 << 20),
            TokenAmount.Zero, new TokenAmount(outstanding), null);
        var payment = new PaymentTerms(
            Domain, new InfoHash(new byte[20]), budget is { } limit ? new TokenAmount(limit) : null, NullLogger.Instance);
        var payer = new ChannelPayer(_desk, _ledger, _channel, opened, payment, TimeProvider.System);
        payer.SetPieceLength(PieceLength);
        return payer;
    }

    private sealed class FakeDesk : IVoucherDesk
    {
        private TaskCompletionSource<PayVoucher> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<PayVoucher> Vouchers { get; } = [];

        public int Failures { get; set; }

        public bool IsClosed { get; private set; }

        public Func<PayVoucher, VoucherAnswer> Answer { get; set; } = Accept;

        public Func<PayVoucher, Task> OnPay { get; set; } = static _ => Task.CompletedTask;

        public Task<PayVoucher> NextAsync() => (_next = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        public async Task<VoucherAnswer> PayAsync(PayVoucher message, CancellationToken cancellationToken)
        {
            Vouchers.Add(message);
            await OnPay(message);
            _next.TrySetResult(message);
            return Failures-- > 0 ? throw new TunnelException(TunnelFault.ConnectionLost, "gone") : Answer(message);
        }

        public Task<SessionClosed> CloseAsync(CloseSession message, CancellationToken cancellationToken)
        {
            IsClosed = true;
            return Task.FromResult(new SessionClosed(VoucherRejection.Accepted, TokenAmount.Zero, ByteCount.Zero, ByteCount.Zero));
        }
    }
}
