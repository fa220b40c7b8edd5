using BttProxy.Protocol.Keys;

namespace BttProxy.Ledger.Spending;

/// <summary>
/// The right to sign vouchers of one channel, held by one process at a time through a lock of the operating system.
/// Disposing it, or the end of the process in whatever way, gives it back.
/// </summary>
public sealed class ChannelLease : IDisposable
{
    private readonly FileStream _lock;
    private bool _disposed;

    internal ChannelLease(ChannelId channelId, FileStream channelLock)
    {
        ChannelId = channelId;
        _lock = channelLock;
    }

    public ChannelId ChannelId { get; }

    public void Dispose()
    {
        _disposed = true;
        _lock.Dispose();
    }

    internal void ThrowUnlessHeld(ChannelId channelId)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (channelId != ChannelId)
        {
            throw new ArgumentException($"The lease is for channel {ChannelId}, not {channelId}.", nameof(channelId));
        }
    }
}
