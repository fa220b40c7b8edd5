using System.Collections.Concurrent;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Relay.Sessions;
using BttProxy.Tron;
using BttProxy.Tron.Node;

namespace BttProxy.Relay.Settlement;

/// <summary>
/// Brings payers' authorisations to the chain: each is simulated, sent once however often it comes, and sent anew only when its transaction
/// can never come into a block any more. Nothing is waited for here; whoever asks is told how far it is. After a restart the chain's newest
/// block tells what is on its way.
/// </summary>
internal sealed partial class ChannelOpenings(IChannelChain chain, TimeProvider time, ILogger<ChannelOpenings> logger) : IDisposable
{
    private const int MaxOpenings = 1024;
    private const byte RetrySeconds = 3;

    // However often clients ask, the chain is not asked more often about one opening.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    // By then it is final, or nobody has asked for long.
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<ChannelId, ChannelOpening> _openings = new();
    private readonly StripedLock<ChannelId> _locks = new();

    public void Dispose() => _locks.Dispose();

    /// <summary>What it waits for; both null or accepted when it is final and the channel can be read.</summary>
    /// <param name="terms">The channel.</param>
    /// <param name="authorization">Checked by <see cref="OpeningRules"/>.</param>
    /// <param name="id">Of the terms.</param>
    /// <param name="sending">Awaited before each transaction that is sent for the first time.</param>
    /// <param name="cancellationToken">Cancels, but never between storing a transaction and sending it.</param>
    /// <exception cref="ChainException">The chain cannot be asked; the same request goes on later.</exception>
    public async Task<(ChannelPending? Pending, SessionRejection Rejection)> AdvanceAsync(
        ChannelTerms terms, OpenAuthorization authorization, ChannelId id, Func<Task> sending, CancellationToken cancellationToken)
    {
        using (await _locks.EnterAsync(id, cancellationToken))
        {
            if (_openings.TryGetValue(id, out var known) && known.Covers(authorization))
            {
                if (known.Answer is { } answer && time.GetElapsedTime(known.LookedAt) < LookInterval)
                {
                    return (answer, SessionRejection.Accepted);
                }

                if (await LookAsync(id, known, cancellationToken) is { } state)
                {
                    return state;
                }
            }

            var pending = await chain.PendingChannelAsync(id, cancellationToken);
            if (pending is not null && pending.Epoch == authorization.Epoch && pending.Reserved >= authorization.Amount)
            {
                var head = await chain.HeadAsync(cancellationToken);
                return Remember(id, new ChannelOpening(pending.Reserved, pending.Epoch, null, head.Number)) is { } seen
                    ? Pending(seen, 1)
                    : (null, SessionRejection.TooManySessions);
            }

            return await SendAsync(terms, authorization, id, sending, cancellationToken);
        }
    }

    private async Task<(ChannelPending? Pending, SessionRejection Rejection)> SendAsync(
        ChannelTerms terms, OpenAuthorization authorization, ChannelId id, Func<Task> sending, CancellationToken cancellationToken)
    {
        var prepared = await chain.PrepareOpenAsync(terms, authorization.ToOpenChannel(id), authorization.Signature, cancellationToken);
        if (prepared.Transaction is not { } transaction)
        {
            return (null, Translate(prepared.Rejection));
        }

        if (Remember(id, new ChannelOpening(authorization.Amount, authorization.Epoch, transaction, 0)) is not { } opening)
        {
            return (null, SessionRejection.TooManySessions);
        }

        await sending();
        await chain.SubmitAsync(transaction, CancellationToken.None);
        LogSent(id, transaction.Id);
        return await LookAsync(id, opening, cancellationToken) ?? Pending(opening, 0);
    }

    /// <summary>Null when it is not on its way any more.</summary>
    private async Task<(ChannelPending? Pending, SessionRejection Rejection)?> LookAsync(
        ChannelId id, ChannelOpening opening, CancellationToken cancellationToken)
    {
        if (opening.Transaction is not { } transaction)
        {
            var seen = await chain.PendingChannelAsync(id, cancellationToken);
            if (seen is not null && seen.Epoch == opening.Epoch && seen.Reserved >= opening.Amount)
            {
                var head = await chain.HeadAsync(cancellationToken);
                return Pending(opening, (long)(head.Number - Math.Min(head.Number, opening.FirstSeen)) + 1);
            }

            _openings.TryRemove(id, out _);
            return null;
        }

        var progress = await chain.ProgressAsync(transaction, cancellationToken);
        switch (progress.Stage)
        {
            case TransactionStage.Final when progress.Receipt is { } receipt:
                _openings.TryRemove(id, out _);
                return (null, receipt.IsAccepted ? SessionRejection.Accepted : Translate(receipt.Rejection));
            case TransactionStage.Final or TransactionStage.Expired:
                LogLost(id, transaction.Id);
                _openings.TryRemove(id, out _);
                return null;
            case TransactionStage.Unknown when opening.Answer is not null:
                // A fork undid its block, or the nodes that had it are gone: the very same one is sent again.
                await chain.SubmitAsync(transaction, CancellationToken.None);
                break;
        }

        return Pending(opening, progress.Blocks);
    }

    private (ChannelPending? Pending, SessionRejection Rejection) Pending(ChannelOpening opening, long blocks)
    {
        opening.LookedAt = time.GetTimestamp();
        opening.Answer = new ChannelPending(
            opening.Transaction?.Id ?? Bytes32.Zero, (byte)Math.Clamp(blocks, 0, ChainProgress.BlocksNeeded), ChainProgress.BlocksNeeded, RetrySeconds);
        return (opening.Answer, SessionRejection.Accepted);
    }

    /// <summary>Null when there are as many as may be.</summary>
    private ChannelOpening? Remember(ChannelId id, ChannelOpening opening)
    {
        if (_openings.Count >= MaxOpenings)
        {
            foreach (var (other, old) in _openings.Where(entry => time.GetElapsedTime(entry.Value.LookedAt) > Forgotten))
            {
                _openings.TryRemove(new KeyValuePair<ChannelId, ChannelOpening>(other, old));
            }

            if (_openings.Count >= MaxOpenings)
            {
                return null;
            }
        }

        opening.LookedAt = time.GetTimestamp();
        return _openings[id] = opening;
    }

    private static SessionRejection Translate(ContractRejection rejection) => rejection switch
    {
        ContractRejection.InsufficientDeposit => SessionRejection.DepositMissing,
        ContractRejection.WrongEpoch => SessionRejection.WrongEpoch,
        ContractRejection.DeadlinePassed => SessionRejection.AuthorizationExpired,
        ContractRejection.WithdrawPending => SessionRejection.WithdrawPending,
        // Somebody else's transaction has reserved as much or more: the channel can be read.
        ContractRejection.NotAboveReserved => SessionRejection.Accepted,
        _ => SessionRejection.UnknownChannel,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Channel {ChannelId} is being opened by transaction {TransactionId}")]
    private partial void LogSent(ChannelId channelId, Bytes32 transactionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Transaction {TransactionId} that should open channel {ChannelId} was lost; it is prepared anew")]
    private partial void LogLost(ChannelId channelId, Bytes32 transactionId);
}
