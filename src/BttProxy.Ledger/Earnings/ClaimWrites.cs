using System.Data.Common;
using System.Globalization;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>Changes of the claims outbox.</summary>
internal sealed class ClaimWrites(DbConnection connection, TimeProvider time) : IDisposable
{
    // OR IGNORE: a channel with a claim under way keeps that one.
    private readonly Statement _queue = new(connection, """
        INSERT OR IGNORE INTO claim (channel_id, epoch, amount, signature, state, created_at, updated_at)
        SELECT id, epoch, accepted, signature, 0, @1, @1 FROM channel_money WHERE id = @0 AND signature IS NOT NULL AND accepted > claimed
        """);

    private readonly Statement _read = new(connection, RelayReads.SelectClaims + " WHERE q.id = @0");

    private readonly Statement _lastId = new(connection, "SELECT last_insert_rowid()");

    private readonly Statement _broadcast = new(connection, """
        UPDATE claim SET state = 1, txid = @1, updated_at = @2 WHERE id = @0 AND state IN (0, 1)
        """);

    private readonly Statement _settle = new(connection, "UPDATE claim SET state = 2, updated_at = @1 WHERE id = @0 AND state IN (0, 1)");

    private readonly Statement _fail = new(connection, "UPDATE claim SET state = 3, note = @1, updated_at = @2 WHERE id = @0 AND state IN (0, 1)");

    private readonly Statement _raiseClaimed = new(connection, """
        UPDATE channel_money SET claimed = @1
        WHERE id = (SELECT channel_id FROM claim WHERE claim.id = @0) AND epoch = (SELECT epoch FROM claim WHERE claim.id = @0) AND claimed < @1
        """);

    public List<ClaimRecord> Queue(IReadOnlyList<ChannelId> channels)
    {
        var now = time.GetUtcNow();
        var queued = new List<ClaimRecord>(channels.Count);
        foreach (var id in channels)
        {
            if (_queue.Execute(id.ToDb(), now.ToDb()) == 1)
            {
                queued.Add(_read.First(RelayReads.Claim, Convert.ToInt64(_lastId.Scalar(), CultureInfo.InvariantCulture))!);
            }
        }

        return queued;
    }

    public bool Broadcast(IReadOnlyList<long> claimIds, Bytes32 transactionId)
    {
        var now = time.GetUtcNow().ToDb();
        return claimIds.Count(id => _broadcast.Execute(id, transactionId.ToArray(), now) == 1) == claimIds.Count;
    }

    public bool Settle(long claimId, TokenAmount claimedTotal)
    {
        if (_settle.Execute(claimId, time.GetUtcNow().ToDb()) == 0)
        {
            return false;
        }

        _raiseClaimed.Execute(claimId, claimedTotal.ToDb());
        return true;
    }

    public bool Fail(long claimId, string note) => _fail.Execute(claimId, note, time.GetUtcNow().ToDb()) == 1;

    public void Dispose()
    {
        _queue.Dispose();
        _read.Dispose();
        _lastId.Dispose();
        _broadcast.Dispose();
        _settle.Dispose();
        _fail.Dispose();
        _raiseClaimed.Dispose();
    }
}
