using BttProxy.BitTorrent;
using BttProxy.Relay.Sessions;

namespace BttProxy.Relay.Gateway;

/// <summary>Marks a request that carried a valid path token; later steps add what they find out.</summary>
internal sealed class TunnelRequest
{
    /// <summary>The torrent asked for, on the requests that name one.</summary>
    public InfoHash? InfoHash { get; set; }

    /// <summary>The session that pays for it.</summary>
    public RelaySession? Session { get; set; }

    /// <summary>Bytes that the worker's answer has, once it is there.</summary>
    public long? PromisedLength { get; set; }
}
