namespace BttProxy.Relay.Observability;

/// <summary>What a response waits for.</summary>
internal enum StallPhase
{
    /// <summary>The torrent's metadata.</summary>
    Metadata,

    /// <summary>A piece, while no peer is connected.</summary>
    Peers,

    /// <summary>A piece that peers are asked for.</summary>
    Piece,

    /// <summary>The client's next payment.</summary>
    Credit,
}
