namespace BttProxy.Relay.Gateway;

/// <summary>
/// Nonces seen while what carries them can still be valid. A full generation takes no more nonces and lets them pass: only a holder of the
/// key can fill it, and such a one needs no replays, while refusing would let it lock everybody else out.
/// </summary>
internal sealed class ReplaySet<T>(TimeSpan lifetime, TimeProvider time, int capacityPerGeneration = ReplaySet<T>.DefaultCapacity)
    where T : IEquatable<T>
{
    // For path tokens, 200 requests per second; a generation then takes some 12 MB.
    public const int DefaultCapacity = 250_000;

    // Three generations cover the lifetime, and the current one has only begun.
    private const int GenerationsPerLifetime = 3;
    private const int Generations = GenerationsPerLifetime + 1;

    private readonly TimeSpan _generationLength = lifetime / GenerationsPerLifetime;
    private readonly Lock _lock = new();
    private readonly HashSet<T>[] _generations = [.. Enumerable.Range(0, Generations).Select(_ => new HashSet<T>())];
    private long _current;

    /// <summary>True when the nonce was not seen before.</summary>
    public bool TryAdd(T nonce)
    {
        lock (_lock)
        {
            Rotate(time.GetUtcNow().Ticks / _generationLength.Ticks);
            foreach (var generation in _generations)
            {
                if (generation.Contains(nonce))
                {
                    return false;
                }
            }

            var current = _generations[_current % Generations];
            if (current.Count < capacityPerGeneration)
            {
                current.Add(nonce);
            }

            return true;
        }
    }

    // A clock that was set back must not empty the set.
    private void Rotate(long now)
    {
        if (now - _current > Generations)
        {
            _current = now - Generations;
        }

        while (_current < now)
        {
            _current++;
            _generations[_current % Generations].Clear();
        }
    }
}
