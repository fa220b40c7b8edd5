using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Spending;

/// <summary>
/// A client's durable memory of money: what it has signed, so that no crash makes it sign lower or twice, and what it spent.
/// Safe for concurrent use by several processes; a <see cref="ChannelLease"/> keeps each channel with one of them.
/// </summary>
public sealed class ClientLedger : IAsyncDisposable
{
    private readonly SqliteStore _store;
    private readonly ClientWrites _writes;
    private readonly UnderWayWrites _underWay;
    private readonly WriteQueue _queue;

    private ClientLedger(SqliteStore store, LedgerOptions options, TimeProvider time)
    {
        _store = store;
        _writes = new ClientWrites(store.Writer, time);
        _underWay = new UnderWayWrites(store.Writer);
        _queue = new WriteQueue(store, options);
    }

    /// <summary>Opens or creates the ledger.</summary>
    /// <exception cref="LedgerException">The file cannot be used.</exception>
    public static Task<ClientLedger> OpenAsync(string path, TimeProvider time, LedgerOptions? options, CancellationToken cancellationToken)
    {
        options ??= new LedgerOptions();
        return Task.Run(() => new ClientLedger(SqliteStore.Open(path, "Spending", options, time.GetUtcNow()), options, time), cancellationToken);
    }

    /// <summary>Takes the channel's lock; null when another process, or another part of this one, signs for that channel.</summary>
    /// <exception cref="LedgerException">The lock file cannot be made.</exception>
    public ChannelLease? TryLease(ChannelId id) =>
        OwnerLock.TryTake(Path.Combine(_store.Path + ".locks", $"{id.Value}.lock")) is { } channelLock ? new ChannelLease(id, channelLock) : null;

    /// <summary>
    /// Stores a channel before its authorisation is sent, and later what the chain says. A later epoch starts at zero;
    /// an earlier one is ignored. Returns what is stored now.
    /// </summary>
    public Task<ClientChannel> SaveChannelAsync(
        ChannelLease lease, RelayId relay, ChannelTerms terms, ulong epoch, TokenAmount reserved, CancellationToken cancellationToken)
    {
        lease.ThrowUnlessHeld(lease.ChannelId);
        return _queue.RunAsync(() => _writes.SaveChannel(lease.ChannelId, relay, terms, epoch, reserved), cancellationToken);
    }

    public Task<ClientChannel?> FindChannelAsync(ChannelId id, CancellationToken cancellationToken) =>
        ReadAsync(connection => ClientReads.Find(connection, id), cancellationToken);

    /// <summary>Channels to one relay, or all, oldest first.</summary>
    public Task<List<ClientChannel>> ChannelsAsync(RelayId? relay, CancellationToken cancellationToken) =>
        ReadAsync(connection => ClientReads.Channels(connection, relay), cancellationToken);

    /// <summary>
    /// Makes a signed voucher durable. It may be sent only after this completed with <see cref="RecordOutcome.Stored"/> or
    /// <see cref="RecordOutcome.Repeated"/>.
    /// </summary>
    /// <param name="lease">The lock of the voucher's channel.</param>
    /// <param name="voucher">The voucher.</param>
    /// <param name="purchase">What it pays for, added to the spend of today; null when it buys nothing new (a resync).</param>
    /// <param name="cancellationToken">Counts until the writer takes the voucher up.</param>
    /// <exception cref="LedgerException">It is not durable: it must not be sent.</exception>
    public Task<RecordOutcome> RecordVoucherAsync(
        ChannelLease lease, SignedVoucher voucher, Purchase? purchase, CancellationToken cancellationToken)
    {
        lease.ThrowUnlessHeld(voucher.Voucher.ChannelId);
        return _queue.RunAsync(() => _writes.Record(voucher, purchase), cancellationToken);
    }

    /// <summary>
    /// Takes up a channel that another computer paid with, and the highest voucher signed there, in one change: no crash leaves the
    /// channel without it.
    /// </summary>
    public Task<RecordOutcome> AdoptChannelAsync(
        ChannelLease lease, RelayId relay, ChannelTerms terms, ulong epoch, TokenAmount reserved, SignedVoucher? highest,
        CancellationToken cancellationToken)
    {
        lease.ThrowUnlessHeld(highest?.Voucher.ChannelId ?? lease.ChannelId);
        return _queue.RunAsync(() => _writes.Adopt(lease.ChannelId, relay, terms, epoch, reserved, highest), cancellationToken);
    }

    /// <summary>Lets nothing more be signed on a channel until its next epoch. False when the channel was never saved.</summary>
    public Task<bool> QuarantineAsync(ChannelLease lease, string reason, CancellationToken cancellationToken)
    {
        lease.ThrowUnlessHeld(lease.ChannelId);
        return _queue.RunAsync(() => _writes.Quarantine(lease.ChannelId, reason), cancellationToken);
    }

    /// <summary>Stores an authorisation before it is sent to the relay, together with what pays for it; a channel has one.</summary>
    /// <param name="lease">The channel's lock.</param>
    /// <param name="opening">What is authorised.</param>
    /// <param name="fee">The voucher that pays the relay's fee; null when it has none, or it was paid before.</param>
    /// <param name="purchase">For the spend of today; null without a voucher.</param>
    /// <param name="cancellationToken">Counts until the writer takes it up.</param>
    /// <returns>Of the voucher; nothing may be sent, and nothing is stored, unless it is stored.</returns>
    public Task<RecordOutcome> SaveOpeningAsync(
        ChannelLease lease, ClientOpening opening, SignedVoucher? fee, Purchase? purchase, CancellationToken cancellationToken)
    {
        lease.ThrowUnlessHeld(fee?.Voucher.ChannelId ?? lease.ChannelId);
        return _queue.RunAsync(
            () =>
            {
                var outcome = fee is { } voucher ? _writes.Record(voucher, purchase) : RecordOutcome.Stored;
                if (outcome is RecordOutcome.Stored or RecordOutcome.Repeated)
                {
                    _underWay.SaveOpening(lease.ChannelId, opening);
                }

                return outcome;
            },
            cancellationToken);
    }

    /// <summary>Nobody will submit the authorisation; what was paid for it is remembered.</summary>
    public Task ExpireOpeningAsync(ChannelLease lease, CancellationToken cancellationToken)
    {
        lease.ThrowUnlessHeld(lease.ChannelId);
        return _queue.RunAsync(() => _underWay.ExpireOpening(lease.ChannelId), cancellationToken);
    }

    /// <summary>What was asked of the relay last and is not known to be on chain.</summary>
    public Task<ClientOpening?> FindOpeningAsync(ChannelId id, CancellationToken cancellationToken) =>
        ReadAsync(connection => UnderWayWrites.FindOpening(connection, id), cancellationToken);

    /// <summary>The chain shows it, or its epoch is over.</summary>
    public Task RemoveOpeningAsync(ChannelLease lease, CancellationToken cancellationToken)
    {
        lease.ThrowUnlessHeld(lease.ChannelId);
        return _queue.RunAsync(() => _underWay.RemoveOpening(lease.ChannelId), cancellationToken);
    }

    /// <summary>Stores a transaction before it is sent, in place of an earlier one for that purpose.</summary>
    public Task SaveTransactionAsync(WalletTransaction transaction, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _underWay.SaveTransaction(transaction), cancellationToken);

    public Task<WalletTransaction?> FindTransactionAsync(string purpose, CancellationToken cancellationToken) =>
        ReadAsync(connection => UnderWayWrites.FindTransaction(connection, purpose), cancellationToken);

    /// <summary>Its end is known.</summary>
    public Task RemoveTransactionAsync(WalletTransaction transaction, CancellationToken cancellationToken) =>
        _queue.RunAsync(() => _underWay.RemoveTransaction(transaction), cancellationToken);

    /// <summary>Spent on one torrent (info-hash, lower-case hexadecimal), ever.</summary>
    public Task<Spend> SpendOfAsync(string torrent, CancellationToken cancellationToken) =>
        ReadAsync(connection => ClientReads.SpendOf(connection, torrent), cancellationToken);

    /// <summary>Spent on one day (UTC).</summary>
    public Task<Spend> SpendOnAsync(DateOnly day, CancellationToken cancellationToken) =>
        ReadAsync(connection => ClientReads.SpendOn(connection, day), cancellationToken);

    /// <summary>Every entry from the first to the last day, both included.</summary>
    public Task<List<SpendEntry>> SpendsAsync(DateOnly first, DateOnly last, CancellationToken cancellationToken) =>
        ReadAsync(connection => ClientReads.Spends(connection, first, last), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync().ConfigureAwait(false);
        _writes.Dispose();
        _underWay.Dispose();
        _store.Dispose();
    }

    private Task<T> ReadAsync<T>(Func<DbConnection, T> query, CancellationToken cancellationToken) =>
        Task.Run(() => _store.Read(query, cancellationToken), cancellationToken);
}
