namespace BttProxy.BitTorrent.Dht;

/// <summary>What became of a query of ours that went out.</summary>
internal enum KrpcResult
{
    Replied,
    Error,
    Silence,
    SendFailed,
}
