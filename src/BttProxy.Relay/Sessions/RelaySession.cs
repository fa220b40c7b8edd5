using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Relay.Metering;

namespace BttProxy.Relay.Sessions;

/// <summary>
/// One live session: the channel it pays from, its credit, and the gate that its responses share. Money changes only while
/// <see cref="Writer"/> is held; the gate moves without it.
/// </summary>
internal sealed class RelaySession : IDisposable
{
    private static readonly TimeSpan PaymentPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _openedAt;
    private CreditWindow _credit;
    private long _lastUsed;
    private int _activeResponses;
    private RateBucket? _bucket;

    public RelaySession(
        SessionId id, BearerToken token, ChannelView channel, SessionAccount account, CreditWindow credit, InvalidMessageLimit invalid,
        TimeProvider time)
    {
        Id = id;
        Token = token;
        Channel = channel;
        Account = account;
        Invalid = invalid;
        _credit = credit;
        _time = time;
        _openedAt = time.GetUtcNow();
        _lastUsed = time.GetTimestamp();
        Gate = new CreditGate(credit.Available.Value);
        Signer = new KnownSigner(channel.Terms.Signer);
    }

    public SessionId Id { get; }

    public BearerToken Token { get; }

    public SessionAccount Account { get; }

    public InvalidMessageLimit Invalid { get; }

    public CreditGate Gate { get; }

    /// <summary>Held by whoever changes the channel's money: one writer per channel.</summary>
    public SemaphoreSlim Writer { get; } = new(1, 1);

    /// <summary>Recovers the signers of this channel's vouchers; used under <see cref="Writer"/>.</summary>
    public KnownSigner Signer { get; }

    /// <summary>What is known of the channel; replaced under <see cref="Writer"/>.</summary>
    public ChannelView Channel { get; private set; }

    public bool IsClosed => Gate.IsClosed;

    /// <summary>Credit with every byte that the gate has let through.</summary>
    public CreditWindow Credit
    {
        get
        {
            lock (_lock)
            {
                return Synchronise();
            }
        }
    }

    /// <summary>Time since the last request, zero while a response runs.</summary>
    public TimeSpan Idle =>
        IsServing ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <summary>A response runs.</summary>
    public bool IsServing => Volatile.Read(ref _activeResponses) > 0;

    /// <summary>Something that was delivered is not paid, and the client was heard of a moment ago: what is on its way to it, it pays when it has it.</summary>
    public bool MayStillPay => !IsClosed && Credit.Unpaid > ByteCount.Zero && Idle < PaymentPatience;

    /// <summary>What all its responses take from; null without a rate.</summary>
    public RateBucket? Bucket(long? rate)
    {
        lock (_lock)
        {
            return _bucket = rate is not { } bytes ? null : _bucket?.Rate == bytes ? _bucket : new RateBucket(bytes, _time);
        }
    }

    public void Touch() => Volatile.Write(ref _lastUsed, _time.GetTimestamp());

    public void BeginResponse() => Interlocked.Increment(ref _activeResponses);

    public void EndResponse()
    {
        Touch();
        Interlocked.Decrement(ref _activeResponses);
    }

    /// <summary>Gives the credit of a voucher that is durable by now.</summary>
    public void Apply(SignedVoucher voucher, ByteCount paid, bool withCredit)
    {
        lock (_lock)
        {
            Channel = Channel with { Last = voucher };
            _credit = Synchronise().Pay(paid).Freeze(!withCredit);
            RaiseGate();
        }
    }

    /// <summary>Takes over what the chain says now.</summary>
    public void Refresh(ChannelView channel)
    {
        lock (_lock)
        {
            Channel = channel;
            _credit = Synchronise().Freeze(_credit.IsFrozen || channel.WithdrawPending);
            RaiseGate();
        }
    }

    /// <summary>
    /// Forgives what an aborted response wrote and nobody has paid for: the relay cannot know what arrived, and an honest client pays for
    /// that later. False when the allowance is used up, so that the session must end.
    /// </summary>
    public bool TryForgive(long written, out ByteCount granted)
    {
        lock (_lock)
        {
            var credit = Synchronise();
            var unpaid = (credit.Delivered - credit.Forgiven).SubtractSaturating(credit.Paid);
            var lost = ByteCount.Min(new ByteCount(written), unpaid);
            _credit = credit.Forgive(lost, out granted);
            RaiseGate();
            return granted == lost;
        }
    }

    /// <summary>No byte passes any more.</summary>
    public void Close() => Gate.Close();

    /// <summary>The session as the ledger keeps it, after <paramref name="credit"/> and <paramref name="accepted"/>.</summary>
    public SessionRecord ToRecord(CreditWindow credit, TokenAmount accepted, DateTimeOffset? closedAt = null)
    {
        var due = credit.Delivered - credit.Forgiven;
        return new SessionRecord
        {
            Id = Id,
            ChannelId = Channel.Id,
            Epoch = Channel.Epoch,
            Price = Account.Price,
            Base = Account.BaseAmount,
            Outstanding = Account.Outstanding,
            Delivered = credit.Delivered,
            Forgiven = credit.Forgiven,
            Paid = ByteCount.Min(credit.Paid, due),
            Window = credit.Size,
            Debt = Account.Debt(due, accepted),
            OpenedAt = _openedAt,
            ClosedAt = closedAt,
        };
    }

    public SessionRecord ToRecord(DateTimeOffset? closedAt = null) => ToRecord(Credit, Channel.Accepted, closedAt);

    public void Dispose() => Writer.Dispose();

    private CreditWindow Synchronise() =>
        _credit = _credit.Deliver(new ByteCount(Gate.Taken - _credit.Delivered.Value));

    private void RaiseGate() => Gate.SetLimit(_credit.Delivered.AddSaturating(_credit.Available).Value);
}
