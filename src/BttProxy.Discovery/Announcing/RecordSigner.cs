using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;

namespace BttProxy.Discovery.Announcing;

/// <summary>
/// Keeps a relay's signed record current: signs anew when the relay changes or the record gets old, with a sequence number
/// that always rises. Not safe for concurrent use, except <see cref="Current"/>.
/// </summary>
internal sealed class RecordSigner(RelayIdentity identity, Func<RelayRecord> source, TimeSpan renewInterval, TimeProvider time)
{
    private SignedRelayRecord? _current;
    private RelayRecord? _signed;
    private long _lastSeq = -1;

    /// <summary>The newest signed record; null before the first <see cref="Renew"/>.</summary>
    public SignedRelayRecord? Current => Volatile.Read(ref _current);

    /// <summary>Signs if there is a reason to.</summary>
    /// <returns>True when <see cref="Current"/> is new.</returns>
    public bool Renew()
    {
        var now = time.GetUtcNow();
        var record = source() with { IssuedAt = (ulong)now.ToUnixTimeSeconds() };
        if (_signed is not null && IsSame(record, _signed) && !IsOld(_signed, now))
        {
            return false;
        }

        _lastSeq = Math.Max(_lastSeq + 1, now.ToUnixTimeMilliseconds());
        Volatile.Write(ref _current, SignedRelayRecord.Create(identity, record, _lastSeq));
        _signed = record;
        return true;
    }

    /// <summary>
    /// Makes the next record newer than one that the network holds: this host's clock was set back, or the identity moved here
    /// from a host whose clock is ahead.
    /// </summary>
    public void Overtake(long seq)
    {
        if (seq > _lastSeq)
        {
            _lastSeq = seq;
            _signed = null;
        }
    }

    // Load changes all the time and rides along with the next renewal.
    private static bool IsSame(RelayRecord fresh, RelayRecord signed) =>
        fresh with { Load = signed.Load, Endpoints = signed.Endpoints, Neighbours = signed.Neighbours, IssuedAt = signed.IssuedAt } == signed
        && fresh.Endpoints.SequenceEqual(signed.Endpoints)
        && fresh.Neighbours.SequenceEqual(signed.Neighbours);

    private bool IsOld(RelayRecord signed, DateTimeOffset now)
    {
        var third = TimeSpan.FromSeconds(signed.TimeToLive / 3.0);
        return now.ToUnixTimeSeconds() - (long)signed.IssuedAt >= (third < renewInterval ? third : renewInterval).TotalSeconds;
    }
}
