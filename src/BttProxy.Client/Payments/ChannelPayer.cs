using System.Threading.Channels;
using BttProxy.Client.Tunnels;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;

namespace BttProxy.Client.Payments;

/// <summary>
/// Pays one session. One voucher is under way at a time, each stored durably before it is sent, each for what
/// <see cref="PayerRules"/> says and never above the session's limit.
/// </summary>
internal sealed partial class ChannelPayer : IDisposable
{
    private readonly IVoucherDesk _desk;
    private readonly ClientLedger _ledger;
    private readonly LeasedChannel _channel;
    private readonly PaymentTerms _terms;
    private readonly VoucherDelivery _delivery;
    private readonly ByteCount _windowCeiling;
    private readonly TimeProvider _timeProvider;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _single = new(1);
    private SignedVoucher? _highest;
    private bool _isAnswered = true;
    private long _window;
    private int _vouchers;
    private long _paidBytes;
    private long _pieceLength;
    private long _worthAVoucher;

    public ChannelPayer(
        IVoucherDesk desk, ClientLedger ledger, LeasedChannel channel, SessionOpened opened, PaymentTerms terms, TimeProvider timeProvider)
    {
        _desk = desk;
        _ledger = ledger;
        _channel = channel;
        _terms = terms;
        _timeProvider = timeProvider;
        _delivery = new VoucherDelivery(desk, terms.Logger, timeProvider);
        _highest = channel.Channel.Highest;
        _window = opened.Window.Value;
        _windowCeiling = opened.WindowCeiling;
        _worthAVoucher = PayerRules.WorthAVoucher(opened.Window, roundTrip: TimeSpan.MaxValue).Value;
        _pieceLength = opened.Window.Value;
        SessionId = opened.SessionId;
        Account = new SessionAccount(opened.Price, opened.BaseAmount, opened.Outstanding);
        SignedAtStart = Signed;
        _paidBytes = Account.PaidBytes(Signed).Value;
        Limit = TokenAmount.Min(channel.Channel.Reserved, terms.MaximumCumulative(SignedAtStart));
        Tally = new SessionTally(channel.Channel.Relay, Wake);
    }

    public SessionId SessionId { get; }

    public SessionAccount Account { get; }

    public SessionTally Tally { get; }

    /// <summary>The cumulative amount that is never exceeded: the channel's reserve or the user's budget.</summary>
    public TokenAmount Limit { get; }

    public TokenAmount SignedAtStart { get; }

    /// <summary>The highest cumulative amount signed on the channel.</summary>
    public TokenAmount Signed => _highest?.Voucher.Cumulative ?? TokenAmount.Zero;

    /// <summary>What this session has cost so far.</summary>
    public TokenAmount Spent => Signed - SignedAtStart;

    /// <summary>The relay's window, from its last answer.</summary>
    public long Window => Interlocked.Read(ref _window);

    /// <summary>Vouchers of this session that the relay has accepted.</summary>
    public int Vouchers => Volatile.Read(ref _vouchers);

    /// <summary>How many bytes of this session can be paid in all.</summary>
    public long PayableBytes => Account.PaidBytes(Limit).Value;

    /// <summary>What was received and is not signed for: the most that may come back as debt in the channel's next session.</summary>
    public TokenAmount Owed => Account.CumulativeFor(new ByteCount(Math.Max(0, Tally.Received))).SubtractSaturating(Signed);

    /// <summary>Known once the metadata is.</summary>
    public void SetPieceLength(int pieceLength) => Interlocked.Exchange(ref _pieceLength, pieceLength);

    /// <summary>Pays until cancelled.</summary>
    /// <exception cref="PaymentException">The relay does not take a good voucher, or the limit is reached.</exception>
    /// <exception cref="TunnelException">The relay cannot be reached any more.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SettlePastAsync(cancellationToken);
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            await PayDueAsync(isFinal: false, cancellationToken);
        }
    }

    /// <summary>A voucher that a crash or a broken connection kept from arriving goes first, then the debt of earlier sessions.</summary>
    public async Task SettlePastAsync(CancellationToken cancellationToken)
    {
        await _single.WaitAsync(cancellationToken);
        try
        {
            if (_highest is { } last && last.Voucher.Cumulative > Account.BaseAmount && last.Voucher.Cumulative >= Account.Floor)
            {
                await SendAsync(last, cancellationToken);
            }
            else if (Account.Outstanding > TokenAmount.Zero && Account.Floor > Signed)
            {
                await SignAndSendAsync(TokenAmount.Min(Account.Floor, Limit), cancellationToken);
            }
        }
        finally
        {
            _single.Release();
        }
    }

    /// <summary>Pays the rest, to the last verified byte, and closes the session.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await PayDueAsync(isFinal: true, cancellationToken);
        var closed = await _desk.CloseAsync(new CloseSession(SessionId, null, null), cancellationToken);
        LogClosed(_terms.Logger, _channel.Id, closed.Code, Signed, closed.AcceptedTotal);
    }

    /// <summary>Sends what is due, if it is worth a voucher.</summary>
    public async Task PayDueAsync(bool isFinal, CancellationToken cancellationToken)
    {
        await _single.WaitAsync(cancellationToken);
        try
        {
            if (NextAmount(isFinal) is { } amount)
            {
                await SignAndSendAsync(amount, cancellationToken);
            }
            else if (!_isAnswered && _highest is { } interrupted)
            {
                await SendAsync(interrupted, cancellationToken);
            }
        }
        finally
        {
            _single.Release();
        }
    }

    public void Dispose() => _single.Dispose();

    private bool IsDue =>
        Math.Max(Tally.Received, Tally.Verified) - Interlocked.Read(ref _paidBytes) >= Interlocked.Read(ref _worthAVoucher);

    private TokenAmount? NextAmount(bool isFinal)
    {
        var state = State();
        if (PayerRules.NextAmount(state) is not { } amount)
        {
            return null;
        }

        amount = TokenAmount.Min(amount, Limit);
        var fresh = Account.PaidBytes(amount).Value - _paidBytes;
        return amount > Signed && (isFinal || (IsDue && fresh >= PayerRules.SmallestVoucher(state.Window).Value)) ? amount : null;
    }

    private PayerState State()
    {
        // Read in this order: verified bytes were received before.
        var verified = Tally.Verified;
        var received = Math.Max(verified, Tally.Received);
        return new PayerState(
            Account, new ByteCount(Window), new ByteCount(Interlocked.Read(ref _pieceLength)), new ByteCount(received), new ByteCount(verified), Signed);
    }

    private async Task SignAndSendAsync(TokenAmount amount, CancellationToken cancellationToken)
    {
        var bytes = new ByteCount(Math.Max(0, Account.PaidBytes(amount).Value - _paidBytes));
        var voucher = new Voucher(_channel.Id, _channel.Epoch, amount).Sign(_terms.Domain, _channel.SessionKey);
        var stored = await _ledger.RecordVoucherAsync(_channel.Lease, voucher, new Purchase(_terms.InfoHash.ToString(), bytes), cancellationToken);
        if (stored != RecordOutcome.Stored)
        {
            throw new PaymentException(VoucherRejection.Accepted, $"the ledger does not allow a voucher over {amount} ({stored})");
        }

        _highest = voucher;
        _isAnswered = false;
        await SendAsync(voucher, cancellationToken);
    }

    private async Task SendAsync(SignedVoucher voucher, CancellationToken cancellationToken)
    {
        var sentAt = _timeProvider.GetTimestamp();
        var answer = await _delivery.SendAsync(SessionId, voucher, cancellationToken);
        await TakeAsync(voucher, answer, _timeProvider.GetElapsedTime(sentAt), cancellationToken);
    }

    private async Task TakeAsync(SignedVoucher voucher, VoucherAnswer answer, TimeSpan roundTrip, CancellationToken cancellationToken)
    {
        _isAnswered = true;
        var sent = voucher.Voucher.Cumulative;
        if (answer.Code == VoucherRejection.NotAboveLast && answer.LastVoucher is { } last && last.Voucher.Cumulative > sent)
        {
            await AdoptAsync(last, cancellationToken);
            return;
        }

        if (answer.AcceptedTotal < sent)
        {
            var code = answer.Code == VoucherRejection.Accepted ? "it counts less than it was paid" : answer.Code.ToString();
            throw new PaymentException(answer.Code, $"it refused a voucher: {code}");
        }

        Interlocked.Exchange(ref _paidBytes, Account.PaidBytes(sent).Value);
        var window = ByteCount.Min(answer.Window, _windowCeiling);
        Interlocked.Exchange(ref _window, window.Value);
        Interlocked.Exchange(ref _worthAVoucher, PayerRules.WorthAVoucher(window, roundTrip).Value);
        Interlocked.Increment(ref _vouchers);
        LogPaid(_terms.Logger, _channel.Id, sent, window.Value);
        if (answer.Code != VoucherRejection.Accepted)
        {
            throw new PaymentException(answer.Code, $"it gives no more credit: {answer.Code}");
        }

        Wake();
    }

    /// <summary>
    /// The relay holds a higher voucher than this client remembers: believed only with our own signature over it, and only as far
    /// as what it pays for was received.
    /// </summary>
    private async Task AdoptAsync(SignedVoucher last, CancellationToken cancellationToken)
    {
        var isOurs = last.Voucher.ChannelId == _channel.Id
            && last.Voucher.Epoch == _channel.Epoch
            && last.Recover(_terms.Domain, out var signer) == Protocol.Keys.SignatureVerdict.Valid
            && signer == _channel.SessionKey.Address
            && last.Voucher.Cumulative <= TokenAmount.Min(PayerRules.Ceiling(State()), Limit);
        if (!isOurs || await _ledger.RecordVoucherAsync(_channel.Lease, last, null, cancellationToken) != RecordOutcome.Stored)
        {
            throw new PaymentException(VoucherRejection.NotAboveLast, "it claims a voucher that this client did not sign");
        }

        _highest = last;
        Interlocked.Exchange(ref _paidBytes, Account.PaidBytes(Signed).Value);
    }

    private void Wake()
    {
        // Called for every read of the byte path: the queue is touched only when a voucher may be due.
        if (IsDue)
        {
            _wake.Writer.TryWrite(true);
        }
    }
}
