namespace BttProxy.BitTorrent.Swarm;

/// <summary>The connect guard does not let the address be dialled.</summary>
internal sealed class DialRefusedException(ConnectRefusal reason) : Exception($"The address may not be dialled: {reason}.")
{
    public ConnectRefusal Reason { get; } = reason;
}
