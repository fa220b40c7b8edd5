namespace BttProxy.Relay.Operations;

/// <summary>What happens on a channel.</summary>
internal enum ChannelActivity
{
    /// <summary>A client has a session.</summary>
    Session,

    /// <summary>A client may open one.</summary>
    Idle,

    /// <summary>The operator closed it; the payer has not taken the rest back yet.</summary>
    Closing,

    /// <summary>Nothing is reserved.</summary>
    Closed,
}
