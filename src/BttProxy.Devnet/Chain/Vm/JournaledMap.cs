namespace BttProxy.Devnet.Chain.Vm;

/// <summary>
/// A map that can go back to an earlier moment, and that may lie over another one: what it does not hold itself is read
/// from there, and nothing is ever written there.
/// </summary>
internal sealed class JournaledMap<TKey, TValue>(JournaledMap<TKey, TValue>? below = null)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _entries = [];
    private readonly List<(TKey Key, bool Held, TValue? Value)> _journal = [];

    /// <summary>A moment to go back to.</summary>
    public int Moment => _journal.Count;

    public bool TryGet(TKey key, out TValue? value) =>
        _entries.TryGetValue(key, out value) || (below is not null && below.TryGet(key, out value));

    public void Set(TKey key, TValue value)
    {
        var held = _entries.TryGetValue(key, out var before);
        _journal.Add((key, held, before));
        _entries[key] = value;
    }

    public void GoBack(int moment)
    {
        for (var i = _journal.Count - 1; i >= moment; i--)
        {
            var (key, held, value) = _journal[i];
            if (held)
            {
                _entries[key] = value!;
            }
            else
            {
                _entries.Remove(key);
            }
        }

        _journal.RemoveRange(moment, _journal.Count - moment);
    }

    /// <summary>What was written stays; nobody goes back before this moment any more.</summary>
    public void Keep() => _journal.Clear();

    /// <summary>Forgets what was written to this map.</summary>
    public void Clear()
    {
        _journal.Clear();
        _entries.Clear();
    }

    /// <summary>All that can be read, own entries before those below.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> All() =>
        below is null ? _entries : _entries.Concat(below.All().Where(entry => !_entries.ContainsKey(entry.Key)));
}
