using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;

namespace BttProxy.Discovery.Announcing;

/// <summary>
/// Keeps a relay's signed record current: signs anew when the relay changes or the record gets old, with a sequence number
/// that always rises. Safe for concurrent use.
/// </summary>
/// <param name="identity">Signs; the caller keeps it.</param>
/// <param name="source">The relay as it is now. Called often; the time of issue is filled in here.</param>
/// <param name="time">Clock.</param>
public sealed class RecordSigner(RelayIdentity identity, Func<RelayRecord> source, TimeProvider time) : IRecordSource
{
    /// <summary>
    /// Stored records may be dropped after two hours (BEP 44), and load changes all the time: a record is renewed after this, or
    /// after a third of its time to live if that is less.
    /// </summary>
    public static readonly TimeSpan RenewInterval = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private SignedRelayRecord? _current;
    private RelayRecord? _signed;
    private long _lastSeq = -1;

    /// <summary>The newest record, signed anew if there is a reason to.</summary>
    /// <exception cref="ArgumentException">It cannot be published: fields out of range, too long, or a wrong binding.</exception>
    public SignedRelayRecord Current
    {
        get
        {
            lock (_lock)
            {
                var now = time.GetUtcNow();
                var record = source() with { IssuedAt = (ulong)now.ToUnixTimeSeconds() };
                if (_current is null || _signed is null || !IsSame(record, _signed) || IsOld(_signed, now))
                {
                    _lastSeq = Math.Max(_lastSeq + 1, now.ToUnixTimeMilliseconds());
                    _current = SignedRelayRecord.Create(identity, record, _lastSeq);
                    _signed = record;
                }

                return _current;
            }
        }
    }

    public ValueTask<SignedRelayRecord?> CurrentAsync(CancellationToken cancellationToken) => new(Current);

    /// <summary>
    /// Makes the next record newer than one that the network holds: this host's clock was set back, or the identity moved here
    /// from a host whose clock is ahead. One of another identity, or not signed, changes nothing.
    /// </summary>
    public ValueTask OvertakeAsync(SignedRelayRecord newer, CancellationToken cancellationToken)
    {
        if (newer.Id == identity.Id && newer.TryVerify(out _, out _))
        {
            Overtake(newer.Seq);
        }

        return ValueTask.CompletedTask;
    }

    private void Overtake(long seq)
    {
        lock (_lock)
        {
            // Above the last there would be no room for another.
            if (seq > _lastSeq && seq < long.MaxValue)
            {
                _lastSeq = seq;
                _signed = null;
            }
        }
    }

    // Load changes all the time and rides along with the next renewal.
    private static bool IsSame(RelayRecord fresh, RelayRecord signed) =>
        fresh with { Load = signed.Load, Endpoints = signed.Endpoints, Neighbours = signed.Neighbours, IssuedAt = signed.IssuedAt } == signed
        && fresh.Endpoints.SequenceEqual(signed.Endpoints)
        && fresh.Neighbours.SequenceEqual(signed.Neighbours);

    private static bool IsOld(RelayRecord signed, DateTimeOffset now)
    {
        var third = TimeSpan.FromSeconds(signed.TimeToLive / 3.0);
        return now.ToUnixTimeSeconds() - (long)signed.IssuedAt >= (third < RenewInterval ? third : RenewInterval).TotalSeconds;
    }
}
