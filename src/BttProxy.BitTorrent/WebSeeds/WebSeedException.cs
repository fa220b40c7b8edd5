namespace BttProxy.BitTorrent.WebSeeds;

/// <summary>A web seed did not give what it was asked for.</summary>
internal sealed class WebSeedException(WebSeedFault fault, string message, Exception? inner = null) : IOException(message, inner)
{
    public WebSeedFault Fault { get; } = fault;

    /// <summary>How long it wants to be left alone, within bounds; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What that means for the web seed.</summary>
internal enum WebSeedFault
{
    /// <summary>Nobody is there, the connection broke, it is slow or busy: later, perhaps.</summary>
    Failed = 0,
    /// <summary>It does not have this file, or not this part of it.</summary>
    Missing = 1,
    /// <summary>It has another file, sends no ranges, or answers what nobody asked: never again.</summary>
    Unusable = 2,
}
