using BttProxy.Protocol.Messages;

namespace BttProxy.Client.Tunnels;

/// <summary>A session, or what its channel still waits for on chain; one of the two.</summary>
internal readonly record struct SessionReply(SessionOpened? Opened, ChannelPending? Pending);
