namespace BttProxy.Relay.Reloading;

internal enum ReloadResult
{
    /// <summary>Price, policy or quotas are others now.</summary>
    Applied,

    /// <summary>It says what it said before.</summary>
    Unchanged,

    /// <summary>Something is wrong with it; what held before goes on.</summary>
    Refused,

    /// <summary>Only options have changed that are read at the start.</summary>
    NeedsRestart,
}
