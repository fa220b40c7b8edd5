using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>
/// A relay's durable memory of money. Every changing call completes when its change is durable (one fsync shared by all
/// that wait), and throws <see cref="LedgerException"/> when it is not: nothing may be credited then.
/// Safe for concurrent use; one process for each <see cref="LedgerPart"/> of a file.
/// </summary>
public sealed class RelayLedger : IAsyncDisposable
{
    private readonly LedgerLocks _locks;
    private readonly SqliteStore _store;
    private readonly WriteQueue _queue;
    private readonly HourlyTally _tally;
    private readonly RelayWrites _writes;
    private readonly ClosingWrites _closings;
    private readonly OpeningFeeWrites _openingFees;
    private readonly SessionWrites _sessions;
    private readonly ClaimWrites _claims;
    private readonly ClaimTransactionWrites _transactions;

    private RelayLedger(LedgerLocks locks, SqliteStore store, LedgerOptions options, TimeProvider time)
    {
        _locks = locks;
        _store = store;
        _closings = new ClosingWrites(store.Writer);
        _tally = new HourlyTally(store.Writer, time);
        _writes = new RelayWrites(store.Writer, _closings, _tally, time);
        _sessions = new SessionWrites(store.Writer, _tally, time);
        _claims = new ClaimWrites(store.Writer, _tally, time);
        _openingFees = new OpeningFeeWrites(store.Writer);
        _transactions = new ClaimTransactionWrites(store.Writer, _claims, time);
        _queue = new WriteQueue(store, options, _tally.Store + options.Committing, _tally.Forget);
    }

    /// <summary>Opens or creates the ledger.</summary>
    /// <exception cref="LedgerException">The file cannot be used, or another process holds it.</exception>
    public static Task<RelayLedger> OpenAsync(string path, TimeProvider time, LedgerOptions? options, CancellationToken cancellationToken) =>
        Task.Run(() => Open(Path.GetFullPath(path), time, options ?? new LedgerOptions()), cancellationToken);

    /// <summary>Null when the channel was never saved.</summary>
    public Task<RelayChannel?> FindChannelAsync(ChannelId id, CancellationToken cancellationToken) =>
        ReadAsync(connection => RelayReads.Channel(connection, id), cancellationToken);

    /// <summary>
    /// Stores a channel and the chain's view of it. A later epoch voids the stored vouchers (what they were worth above
    /// the last known claim counts as lost); an earlier one is ignored; within an epoch the claimed amount never falls.
    /// </summary>
    public async Task<RelayChannel> SaveChannelAsync(
        ChannelId id, ChannelTerms terms, OnChainState state, CancellationToken cancellationToken)
    {
        await ChangeAsync(() => _writes.SaveChannel(id, terms, state), cancellationToken).ConfigureAwait(false);
        return (await FindChannelAsync(id, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Stores a close before it is sent. Until <see cref="EndClosingAsync"/> the channel's vouchers are not claimed.</summary>
    public Task BeginClosingAsync(ChannelClosing closing, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _closings.Save(closing), cancellationToken);

    /// <summary>Writes down how a close ended: done for good, or it came to nothing and the vouchers can be claimed again.</summary>
    /// <returns>False when the channel is not at that epoch any more, or nothing was done.</returns>
    public Task<bool> EndClosingAsync(ChannelClosing closing, bool isDone, CancellationToken cancellationToken) =>
        _queue.RunAsync(
            () => _closings.Remove(closing.ChannelId) && isDone && _writes.CloseChannel(closing.ChannelId, closing.Epoch, closing.Final),
            cancellationToken);

    /// <summary>Closes whose end is not known.</summary>
    public Task<List<ChannelClosing>> ClosingsAsync(CancellationToken cancellationToken) => ReadAsync(ClosingWrites.All, cancellationToken);

    /// <summary>The channel's, if one is on its way.</summary>
    public Task<ChannelClosing?> FindClosingAsync(ChannelId id, CancellationToken cancellationToken) =>
        ReadAsync(connection => ClosingWrites.Find(connection, id), cancellationToken);

    /// <summary>Stores what a payer signed for an opening before its transaction is sent; a channel has one.</summary>
    public Task SaveOpeningFeeAsync(OpeningFee fee, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _openingFees.Save(fee), cancellationToken);

    /// <summary>It counts as a voucher now, or its opening came to nothing. A later one of the same channel stays.</summary>
    public Task RemoveOpeningFeeAsync(OpeningFee fee, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _openingFees.Remove(fee), cancellationToken);

    /// <summary>The channel's, if its opening or top-up is not known to be final.</summary>
    public Task<OpeningFee?> FindOpeningFeeAsync(ChannelId id, CancellationToken cancellationToken) =>
        ReadAsync(connection => OpeningFeeWrites.Find(connection, id), cancellationToken);

    /// <summary>Those of all channels.</summary>
    public Task<List<OpeningFee>> OpeningFeesAsync(CancellationToken cancellationToken) => ReadAsync(OpeningFeeWrites.All, cancellationToken);

    /// <summary>The operator sells nothing more on this channel in its present epoch; its vouchers stay. False when the channel is unknown.</summary>
    public Task<bool> BeginClosingAsync(ChannelId id, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _writes.BeginClosing(id), cancellationToken);

    /// <summary>
    /// Makes a checked voucher the channel's best, if it is higher, together with the session that it pays.
    /// Credit only what has completed as <see cref="AcceptOutcome.Accepted"/>.
    /// </summary>
    /// <param name="voucher">A voucher that the voucher rules have accepted; the ledger does not check signatures.</param>
    /// <param name="session">Saved in the same transaction, if accepted; null when no session changed.</param>
    /// <param name="cancellationToken">Counts until the writer takes the voucher up.</param>
    public Task<VoucherAcceptance> AcceptVoucherAsync(SignedVoucher voucher, SessionRecord? session, CancellationToken cancellationToken) =>
        _queue.RunAsync(
            () =>
            {
                var acceptance = _writes.Accept(voucher);
                if (session is not null && acceptance.Outcome == AcceptOutcome.Accepted)
                {
                    _sessions.Save(session);
                }

                return acceptance;
            },
            cancellationToken);

    /// <summary>Stores a session's meter and credit, the payer's window and the channel's lifetime bytes.</summary>
    public Task SaveSessionAsync(SessionRecord session, CancellationToken cancellationToken) =>
        ChangeAsync(() => _sessions.Save(session), cancellationToken);

    /// <summary>Sessions without an end: after a crash, what was being served.</summary>
    public Task<List<SessionRecord>> OpenSessionsAsync(CancellationToken cancellationToken) =>
        ReadAsync(RelayReads.OpenSessions, cancellationToken);

    /// <summary>Ends the sessions of an earlier process, which nothing can go on.</summary>
    public Task EndSessionsAsync(CancellationToken cancellationToken) => _queue.RunAsync(_sessions.EndAll, cancellationToken);

    /// <summary>The credit window (bytes) that this payer had last; null for an unknown payer.</summary>
    public Task<ByteCount?> PayerWindowAsync(TronAddress payer, CancellationToken cancellationToken) =>
        ReadAsync(connection => RelayReads.Window(connection, payer), cancellationToken);

    /// <summary>Channels whose best voucher is above what is claimed and that have no claim under way, greatest value first.</summary>
    public Task<List<UnclaimedChannel>> UnclaimedAsync(CancellationToken cancellationToken) =>
        ReadAsync(RelayReads.Unclaimed, cancellationToken);

    /// <summary>The best vouchers that are worth more than what is claimed, claims under way included, in no order.</summary>
    public Task<List<UnclaimedVoucher>> UnclaimedVouchersAsync(CancellationToken cancellationToken) =>
        ReadAsync(RelayReads.UnclaimedVouchers, cancellationToken);

    /// <summary>What one payer's vouchers are worth above what is claimed: the exposure to that payer.</summary>
    public Task<TokenAmount> UnclaimedOfAsync(TronAddress payer, CancellationToken cancellationToken) =>
        ReadAsync(connection => RelayReads.UnclaimedOf(connection, payer), cancellationToken);

    /// <summary>The same of every payer that owes something.</summary>
    public Task<Dictionary<TronAddress, TokenAmount>> UnclaimedByPayerAsync(CancellationToken cancellationToken) =>
        ReadAsync(RelayReads.UnclaimedByPayer, cancellationToken);

    /// <summary>Puts the best vouchers of these channels into the outbox; channels with nothing to claim or a claim under way are left out.</summary>
    public Task<List<ClaimRecord>> QueueClaimsAsync(IReadOnlyList<ChannelId> channels, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _claims.Queue(channels), cancellationToken);

    /// <summary>Ends a claim that is in no transaction: the chain would refuse it. Its voucher stays. False when it had ended before.</summary>
    public Task<bool> EndClaimAsync(ClaimVerdict verdict, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _claims.End(verdict), cancellationToken);

    /// <summary>Stores a transaction with its claims before it is sent. False, and nothing is stored, when one of them is not queued any more.</summary>
    public Task<bool> StoreTransactionAsync(ClaimTransaction transaction, IReadOnlyList<ClaimRecord> claims, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _transactions.Store(transaction, claims), cancellationToken);

    /// <summary>A node has taken it.</summary>
    public Task<bool> TransactionSentAsync(Bytes32 id, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _transactions.Sent(id), cancellationToken);

    /// <summary>In which block it is for now; null when its block was undone.</summary>
    public Task<bool> TransactionSeenAsync(Bytes32 id, ulong? block, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _transactions.Seen(id, block), cancellationToken);

    /// <summary>Writes down how a transaction and its claims ended, together. False, and nothing is changed, when that was known before.</summary>
    public Task<bool> FinishTransactionAsync(
        Bytes32 id, ClaimTransactionEnd end, IReadOnlyList<ClaimVerdict> verdicts, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _transactions.Finish(id, end, verdicts), cancellationToken);

    /// <summary>Transactions whose end is not known, oldest first.</summary>
    public Task<List<ClaimTransaction>> UnfinishedTransactionsAsync(CancellationToken cancellationToken) =>
        ReadAsync(RelayReads.UnfinishedTransactions, cancellationToken);

    /// <summary>The claims of a transaction, in the order of its rows.</summary>
    public Task<List<ClaimRecord>> ClaimsOfAsync(Bytes32 transactionId, CancellationToken cancellationToken) =>
        ReadAsync(connection => RelayReads.ClaimsOf(connection, transactionId), cancellationToken);

    /// <summary>A page of all channels, in the order of their ids.</summary>
    public Task<List<RelayChannelState>> ChannelStatesAsync(ChannelId? after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(connection => RelayReads.ChannelStates(connection, after, limit), cancellationToken);

    /// <summary>Every channel with its newest claim, in no order.</summary>
    public Task<List<ChannelSummary>> ChannelSummariesAsync(CancellationToken cancellationToken) =>
        ReadAsync(ChannelSummaries.All, cancellationToken);

    /// <summary>How these claims stand, in the order of the ids; unknown ones are left out.</summary>
    public Task<List<ClaimSummary>> ClaimSummariesAsync(IReadOnlyList<long> claimIds, CancellationToken cancellationToken) =>
        ReadAsync(connection => ChannelSummaries.Claims(connection, claimIds), cancellationToken);

    /// <summary>Claims in one state, oldest first.</summary>
    public Task<List<ClaimRecord>> ClaimsAsync(ClaimState state, int limit, CancellationToken cancellationToken) =>
        ReadAsync(connection => RelayReads.Claims(connection, state, limit), cancellationToken);

    /// <summary>Earnings of the hours that start in [from, to).</summary>
    public Task<List<HourlyEarning>> EarningsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        ReadAsync(connection => RelayReads.Earnings(connection, from, to), cancellationToken);

    /// <summary>The books over all channels.</summary>
    public Task<RelayTotals> TotalsAsync(CancellationToken cancellationToken) => ReadAsync(RelayReads.Totals, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync().ConfigureAwait(false);
        _writes.Dispose();
        _closings.Dispose();
        _tally.Dispose();
        _openingFees.Dispose();
        _sessions.Dispose();
        _transactions.Dispose();
        _claims.Dispose();
        _store.Dispose();
        _locks.Dispose();
    }

    private static RelayLedger Open(string path, TimeProvider time, LedgerOptions options)
    {
        var locks = LedgerLocks.Take(path, options.Part);
        try
        {
            return new RelayLedger(locks, SqliteStore.Open(path, "Earnings", options, time.GetUtcNow()), options, time);
        }
        catch
        {
            locks.Dispose();
            throw;
        }
    }

    private Task ChangeAsync(Action change, CancellationToken cancellationToken) =>
        _queue.RunAsync(
            () =>
            {
                change();
                return true;
            },
            cancellationToken);

    private Task<T> ReadAsync<T>(Func<DbConnection, T> query, CancellationToken cancellationToken) =>
        Task.Run(() => _store.Read(query, cancellationToken), cancellationToken);
}
