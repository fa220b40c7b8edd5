using System.Data.Common;
using BttProxy.Ledger.Storage;
using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Earnings;

/// <summary>Changes of the transactions that carry claims.</summary>
internal sealed class ClaimTransactionWrites(DbConnection connection, ClaimWrites claims, TimeProvider time) : IDisposable
{
    private readonly Statement _insert = new(connection, """
        INSERT INTO claim_transaction (txid, payload, state, fee_limit, expires_at, created_at, updated_at) VALUES (@0, @1, 0, @2, @3, @4, @4)
        """);

    private readonly Statement _sent = new(connection, """
        UPDATE claim_transaction SET state = max(state, 1), sent_at = @1, updated_at = @1 WHERE txid = @0 AND state IN (0, 1, 2)
        """);

    // A block that is undone takes the transaction back to where it was.
    private readonly Statement _included = new(connection, """
        UPDATE claim_transaction SET state = @1, block = @2, updated_at = @3 WHERE txid = @0 AND state IN (0, 1, 2)
        """);

    private readonly Statement _finish = new(connection, """
        UPDATE claim_transaction SET state = @1, block = @2, energy = @3, fee = @4, updated_at = @5 WHERE txid = @0 AND state IN (0, 1, 2)
        """);

    /// <summary>False, and nothing is changed, when one of the claims is not queued any more.</summary>
    public bool Store(ClaimTransaction transaction, IReadOnlyList<ClaimRecord> rows)
    {
        if (!rows.All(row => claims.IsQueued(row.Id)))
        {
            return false;
        }

        _insert.Execute(
            transaction.Id.ToArray(), transaction.Payload.ToArray(), transaction.FeeLimit, transaction.ExpiresAt.ToDb(), time.GetUtcNow().ToDb());
        foreach (var row in rows)
        {
            claims.Broadcast(row, transaction.Id);
        }

        return true;
    }

    public bool Sent(Bytes32 id) => _sent.Execute(id.ToArray(), time.GetUtcNow().ToDb()) == 1;

    public bool Seen(Bytes32 id, ulong? block) => _included.Execute(
        id.ToArray(), (int)(block is null ? ClaimTransactionState.Broadcast : ClaimTransactionState.Included), block?.ToDb(), time.GetUtcNow().ToDb()) == 1;

    /// <summary>False, and nothing is changed, when it had ended before.</summary>
    public bool Finish(Bytes32 id, ClaimTransactionEnd end, IReadOnlyList<ClaimVerdict> verdicts)
    {
        if (_finish.Execute(id.ToArray(), (int)end.State, end.Block?.ToDb(), end.Energy, end.Fee, time.GetUtcNow().ToDb()) == 0)
        {
            return false;
        }

        foreach (var verdict in verdicts)
        {
            claims.End(verdict);
        }

        return true;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _sent.Dispose();
        _included.Dispose();
        _finish.Dispose();
    }
}
