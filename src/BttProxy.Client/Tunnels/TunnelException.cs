using BttProxy.Protocol.Messages;

namespace BttProxy.Client.Tunnels;

/// <summary>One request to one relay failed; the message is for the list of reasons that the user sees.</summary>
internal sealed class TunnelException(TunnelFault fault, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public TunnelFault Fault { get; } = fault;

    /// <summary>What the relay said, when it refused.</summary>
    public Refusal? Refusal { get; init; }
}
