namespace BttProxy.Relay.Observability;

/// <summary>Where the first byte of a response came from.</summary>
internal enum ContentSource
{
    /// <summary>It was on disk.</summary>
    Cache,

    /// <summary>It had to be fetched.</summary>
    Swarm,
}
