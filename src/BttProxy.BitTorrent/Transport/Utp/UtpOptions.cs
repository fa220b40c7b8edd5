namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>How much others may take of an endpoint.</summary>
internal sealed record UtpOptions
{
    /// <summary>Connections at once, those that are being closed included.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Connections that one address (IPv6: one /64) may open to us.</summary>
    public required int MaxIncomingPerAddress { get; init; }
}
