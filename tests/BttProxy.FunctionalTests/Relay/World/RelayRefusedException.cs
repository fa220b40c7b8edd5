using System.Net;
using BttProxy.Protocol.Messages;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>The relay answered with something else than the message asked for.</summary>
internal sealed class RelayRefusedException(HttpStatusCode status, Refusal? refusal)
    : Exception($"{(int)status} {refusal?.Code} {refusal?.Session} {refusal?.Text}")
{
    public HttpStatusCode Status { get; } = status;

    public Refusal? Refusal { get; } = refusal;
}
