using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Settlement;

namespace BttProxy.Relay.Sessions;

/// <summary>Opens sessions: checks the request, makes sure of the channel on the chain, brings the books up to date, fixes the base.</summary>
internal sealed partial class SessionOpener(
    RelayOptions options, VoucherPolicy policy, RelayRecordSource records, RelayLedger ledger, ChannelDirectory channels,
    OfferedVouchers offered, Hibernation hibernation, SessionRegistry registry, SessionCloser closer, StripedLock<ChannelId> channelLocks, Exposure exposure, RelayMetrics metrics,
    TimeProvider time, ILogger<SessionOpener> logger)
    : IDisposable
{
    private const int MinConcurrentOpens = 8;
    private const int MaxConcurrentOpens = 64;

    // A client that waits for its channel asks twenty times; more is no use but to keep the chain's nodes busy, or to have forgeries forgotten.
    private const int MaxOpensPerMinute = 60;

    private readonly MinuteCounts<ChannelId> _opens = new(MaxOpensPerMinute, time);
    private readonly ReplaySet<Bytes32> _nonces = new(options.Credit.ClockSkew * 2, time);

    // Opening asks the chain some ten times: of more at a time than it answers in seconds all would run out of time, and begin anew.
    private readonly SemaphoreSlim _slots = new(Math.Clamp(options.Chain.RequestsPerSecond, MinConcurrentOpens, MaxConcurrentOpens));

    public void Dispose() => _slots.Dispose();

    public async Task<SessionOutcome> OpenAsync(OpenSession request, CancellationToken cancellationToken)
    {
        if (!await _slots.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            metrics.SessionRejected(SessionRejection.TooManySessions);
            return SessionOutcome.Refused(SessionRejection.TooManySessions);
        }

        try
        {
            var outcome = await CheckAndOpenAsync(request, cancellationToken);
            if (outcome.Rejection != SessionRejection.Accepted)
            {
                metrics.SessionRejected(outcome.Rejection);
                LogRefused(outcome.Rejection);
            }

            return outcome;
        }
        catch (LedgerException e)
        {
            metrics.LedgerFailed();
            metrics.SessionRejected(SessionRejection.LedgerUnavailable);
            LogLedgerFailed(e);
            return SessionOutcome.Refused(SessionRejection.LedgerUnavailable);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<SessionOutcome> CheckAndOpenAsync(OpenSession request, CancellationToken cancellationToken)
    {
        if (hibernation.IsOn)
        {
            return SessionOutcome.Refused(SessionRejection.QuotaReached);
        }

        // The client agreed to these terms; they hold for all of this session.
        var agreed = records.Find(request.Proof.RecordHash);
        var refusal = SessionRequestRules.Check(request, policy, agreed, Now, (ulong)options.Credit.ClockSkew.TotalSeconds);
        if (agreed is null || refusal != SessionRejection.Accepted)
        {
            return SessionOutcome.Refused(refusal);
        }

        if (!_nonces.TryAdd(request.Proof.Nonce))
        {
            return SessionOutcome.Refused(SessionRejection.ReplayedNonce);
        }

        var id = request.Terms.Id(policy.Domain);
        if (_opens.IsExceeded(id))
        {
            return SessionOutcome.Refused(SessionRejection.TooManyInvalid);
        }

        _opens.Count(id);

        // All that could speak against the session, before a transaction is spent on its channel.
        var known = await ledger.FindChannelAsync(id, cancellationToken);
        if (known is { IsClosing: true } && known.OnChain.Epoch == request.Proof.Epoch)
        {
            // What the client signed last counts all the same.
            return SessionOutcome.Refused(SessionRejection.ChannelClosing, (await offered.TakeAsync(known, request.LastVoucher)).Best);
        }

        var accepted = known is not null && known.OnChain.Epoch == request.Proof.Epoch ? known.Accepted : TokenAmount.Zero;
        refusal = await ledger.FindClosingAsync(id, cancellationToken) is { } closing && closing.Epoch == request.Proof.Epoch ? SessionRejection.ChannelClosing
            : registry.IsFull && registry.Find(id) is null ? SessionRejection.TooManySessions
            : request.Authorization is { } authorization && authorization.Amount <= accepted ? SessionRejection.ChannelExhausted
            : IsExposed(await ledger.UnclaimedOfAsync(request.Terms.Payer, cancellationToken)) ? SessionRejection.ExposureExceeded
            : SessionRejection.Accepted;
        if (refusal != SessionRejection.Accepted)
        {
            return SessionOutcome.Refused(refusal, known?.Best);
        }

        var found = await channels.FindOrOpenAsync(request, agreed, accepted, cancellationToken);
        if (found.Channel is not { } view)
        {
            return found.Pending is { } pending ? SessionOutcome.WaitsFor(pending) : SessionOutcome.Refused(found.Rejection);
        }

        using (await channelLocks.EnterAsync(id, cancellationToken))
        {
            // From here on nothing may stop half-way: an old session is ended and a new one takes its place.
            return await ReplaceSessionAsync(id, request, agreed.Price, view);
        }
    }

    private async Task<SessionOutcome> ReplaceSessionAsync(ChannelId id, OpenSession request, PricePerMegabyte price, OnChainState view)
    {
        if (registry.Find(id) is { } old)
        {
            await closer.CloseAsync(old, CancellationToken.None);
        }

        var known = await ledger.SaveChannelAsync(id, request.Terms, view, CancellationToken.None);
        known = await offered.TakeAsync(known, request.LastVoucher);
        var refusal = await CheckBooksAsync(known);
        if (refusal != SessionRejection.Accepted)
        {
            return SessionOutcome.Refused(refusal, known.Best);
        }

        var window = await ledger.PayerWindowAsync(known.Terms.Payer, CancellationToken.None);
        var session = CreateSession(known, price, window);
        if (!registry.TryAdd(session))
        {
            session.Dispose();
            return SessionOutcome.Refused(SessionRejection.TooManySessions, known.Best);
        }

        await ledger.SaveSessionAsync(session.ToRecord(), CancellationToken.None);
        metrics.SessionOpened();
        LogOpened(session.Id, id, session.Credit.Size.Value);
        return new SessionOutcome(SessionRejection.Accepted, Describe(session, known));
    }

    private async Task<SessionRejection> CheckBooksAsync(RelayChannel known)
    {
        if (known.IsClosing)
        {
            return SessionRejection.ChannelClosing;
        }

        if (known.OnChain.Reserved <= known.Accepted)
        {
            return SessionRejection.ChannelExhausted;
        }

        var unclaimed = await ledger.UnclaimedOfAsync(known.Terms.Payer, CancellationToken.None);
        exposure.SetPayer(known.Terms.Payer, unclaimed);
        return IsExposed(unclaimed) ? SessionRejection.ExposureExceeded : SessionRejection.Accepted;
    }

    private bool IsExposed(TokenAmount unclaimedOfPayer) =>
        unclaimedOfPayer >= policy.MaxUnclaimedPerPayer || exposure.Total >= policy.MaxUnclaimedTotal;

    private RelaySession CreateSession(RelayChannel known, PricePerMegabyte price, ByteCount? window)
    {
        var floor = new ByteCount(options.Credit.WindowFloorBytes);
        var ceiling = new ByteCount(options.Credit.WindowCeilingBytes);
        var size = window is { } kept ? ByteCount.Min(ByteCount.Max(kept, floor), ceiling) : floor;
        var channel = new ChannelView
        {
            Id = known.Id,
            Terms = known.Terms,
            Domain = policy.Domain,
            Epoch = known.OnChain.Epoch,
            Reserved = known.OnChain.Reserved,
            Claimed = known.OnChain.Claimed,
            Last = known.Best,
            WithdrawPending = known.OnChain.WithdrawAt is not null,
        };
        var account = new SessionAccount(price, channel.Accepted, known.Debt);
        // A byte of which a part is owed counts: else less than a byte's payment would buy a byte beyond the window.
        var covered = price.Covered(known.Debt);
        var carried = known.Debt == TokenAmount.Zero ? ByteCount.Zero
            : price.Owed(covered) < known.Debt ? covered.AddSaturating(new ByteCount(1))
            : covered;
        var credit = CreditWindow.Start(size, ceiling, carried, new ForgivenessHistory(known.Delivered, known.Forgiven));
        var invalid = new InvalidMessageLimit(options.Credit.MaxInvalidVouchersPerMinute, time);
        return new RelaySession(SessionId.Generate(), BearerToken.Generate(), channel, account, credit, invalid, time);
    }

    private static SessionOpened Describe(RelaySession session, RelayChannel known) => new(
        session.Id, session.Token, session.Account.Price, session.Credit.Size, session.Credit.Ceiling,
        session.Account.BaseAmount, session.Account.Outstanding, known.Best);

    private ulong Now => (ulong)time.GetUtcNow().ToUnixTimeSeconds();
}
