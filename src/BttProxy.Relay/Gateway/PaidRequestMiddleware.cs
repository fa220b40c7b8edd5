using BttProxy.BitTorrent;
using BttProxy.Protocol.Messages;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Sessions;
using Microsoft.AspNetCore.Http.Features;

namespace BttProxy.Relay.Gateway;

/// <summary>
/// In front of the workers: lets a request on only with a session and a readable info-hash. Without a session the answer is the offer.
/// </summary>
internal sealed class PaidRequestMiddleware(RequestDelegate next, SessionRegistry sessions, RelayRecordSource records)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.FindSession(sessions) is not { } session)
        {
            return Answers.RefuseAsync(context, new Refusal(
                RefusalCode.PaymentRequired, "Open a session with this relay first.", SessionRejection.Accepted, null,
                records.Current.Encode()));
        }

        if (!InfoHash.TryParse(context.GetRouteValue("infoHash") as string, out var infoHash))
        {
            return Answers.RefuseAsync(context, RefusalCode.Malformed, "An info-hash is 40 hexadecimal digits.");
        }

        session.Touch();
        var tunnel = context.Features.GetRequiredFeature<TunnelRequest>();
        tunnel.InfoHash = infoHash;
        tunnel.Session = session;
        return next(context);
    }
}
