namespace BttProxy.Client.Tunnels;

/// <summary>What went wrong between this client and one relay.</summary>
internal enum TunnelFault
{
    /// <summary>No connection could be made.</summary>
    Unreachable,

    /// <summary>Somebody else answers at the relay's address: the TLS key is not the pinned one.</summary>
    WrongKey,

    /// <summary>A connection broke.</summary>
    ConnectionLost,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The answer is not one that our protocol knows.</summary>
    BadAnswer,

    /// <summary>The relay said no, with a code.</summary>
    Refused,
}
