using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;

namespace BttProxy.Relay.Hosting;

/// <summary>The relay's newest records. A client agrees to one of them by its hash, and may have read it just before it was replaced.</summary>
internal sealed class KeptRecords(TimeProvider time)
{
    /// <summary>
    /// How long after its end a record with other terms is honoured: enough for a client to compare relays and to wait until its channel is
    /// final, too short to buy the dear hours at the price of the cheap ones.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(30);

    // A record is renewed some three times in its life; prices add to that.
    private const int MaxCount = 16;

    private readonly Lock _lock = new();
    private readonly List<Kept> _kept = [];

    /// <summary>Notes the record that holds now.</summary>
    public void Note(SignedRelayRecord signed)
    {
        lock (_lock)
        {
            if (_kept.Exists(kept => ReferenceEquals(kept.Signed, signed)))
            {
                return;
            }

            var now = time.GetUtcNow();
            if (_kept.Count > 0)
            {
                _kept[0].ReplacedAt = now;
            }

            if (signed.TryVerify(out var record, out _))
            {
                _kept.Insert(0, new Kept(signed, signed.RecordHash, record));
                _kept.RemoveRange(Math.Min(_kept.Count, MaxCount), Math.Max(0, _kept.Count - MaxCount));
            }
        }
    }

    /// <summary>The record with this hash, whose terms the relay stands by; null when it is none of ours, or too old.</summary>
    public RelayRecord? Find(Bytes32 hash)
    {
        lock (_lock)
        {
            return _kept.Find(kept => kept.Hash == hash) is { } found && IsHonoured(found) ? found.Record : null;
        }
    }

    private bool IsHonoured(Kept kept) =>
        kept.ReplacedAt is not { } replaced
        || TermsOf(kept.Record) == TermsOf(_kept[0].Record)
        || time.GetUtcNow() - replaced <= Grace;

    private static (PricePerMegabyte Price, TokenAmount Deposit, TokenAmount Fee) TermsOf(RelayRecord record) =>
        (record.Price, record.MinimumDeposit, record.OpenFee);

    private sealed class Kept(SignedRelayRecord signed, Bytes32 hash, RelayRecord record)
    {
        public SignedRelayRecord Signed => signed;

        public Bytes32 Hash => hash;

        public RelayRecord Record => record;

        public DateTimeOffset? ReplacedAt { get; set; }
    }
}
