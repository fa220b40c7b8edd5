using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Messages;
using BttProxy.Relay.Sessions;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>A content response: bytes that the relay's gate lets through, with what its metering does when a response ends early.</summary>
internal static class Content
{
    /// <returns>How many bytes left the relay.</returns>
    public static Task<int> SendAsync(HistoryRelay relay, Traffic traffic, BearerToken token, int bytes, bool isAborted) => relay.AskAsync(async _ =>
    {
        if (relay.Sessions.Find(token) is not { } session)
        {
            throw new TunnelException(TunnelFault.Refused, "there is no such session");
        }

        session.BeginResponse();
        var sent = session.Gate.TakeUpTo(bytes);
        traffic.Delivered += sent;
        // It may have grown by what this response has used up.
        traffic.Told(session.Credit.Size);
        session.EndResponse();
        if (isAborted && sent > 0)
        {
            traffic.Aborted += Math.Min(sent, session.Credit.Size.Value);
            await (session.TryForgive(sent, out var granted)
                ? relay.Part<SessionSaver>().SaveAsync(session)
                : relay.Part<SessionCloser>().CloseAsync(session, CancellationToken.None));
        }

        return sent;
    });
}
