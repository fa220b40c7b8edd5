using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Payments;

/// <summary>Content bytes of one session as this client counts them; never what the relay says it delivered. Thread-safe.</summary>
internal sealed class SessionTally(RelayId relay, Action changed)
{
    private long _received;
    private long _verified;

    public RelayId Relay { get; } = relay;

    /// <summary>Bytes received, without those of bad pieces.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Of these, bytes of pieces whose hash is right.</summary>
    public long Verified => Interlocked.Read(ref _verified);

    public void AddReceived(int bytes)
    {
        Interlocked.Add(ref _received, bytes);
        changed();
    }

    public void AddVerified(int bytes)
    {
        Interlocked.Add(ref _verified, bytes);
        changed();
    }

    /// <summary>Bytes of a piece whose hash is wrong: they are never paid for.</summary>
    public void Discard(int bytes) => Interlocked.Add(ref _received, -bytes);
}
