namespace BttProxy.Relay.Sessions;

/// <summary>Serialises work per key with a fixed number of locks, so that keys from outside cannot make it grow.</summary>
internal sealed class StripedLock<TKey> : IDisposable
    where TKey : notnull
{
    private const int Stripes = 64;

    private readonly SemaphoreSlim[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Enters the key's lock; disposing leaves it.</summary>
    public async ValueTask<Holder> EnterAsync(TKey key, CancellationToken cancellationToken)
    {
        var stripe = _stripes[(uint)key.GetHashCode() % Stripes];
        await stripe.WaitAsync(cancellationToken);
        return new Holder(stripe);
    }

    public void Dispose()
    {
        foreach (var stripe in _stripes)
        {
            stripe.Dispose();
        }
    }

    internal readonly struct Holder(SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose() => stripe.Release();
    }
}
