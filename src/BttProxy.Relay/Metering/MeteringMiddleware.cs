using BttProxy.BitTorrent;
using BttProxy.Protocol.Messages;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Sessions;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace BttProxy.Relay.Metering;

/// <summary>
/// Puts the meter in front of a content response. Runs last before the forwarder: what the gateway itself answers is free.
/// </summary>
internal sealed class MeteringMiddleware(RequestDelegate next, MeteringContext metering, ActiveResponses active, SessionCloser closer, SessionSaver saver)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var tunnel = context.Features.GetRequiredFeature<TunnelRequest>();
        var session = tunnel.Session!;
        if (session.IsClosed)
        {
            await Answers.RefuseAsync(context, RefusalCode.UnknownSession, "The session has ended; open another one.");
            return;
        }

        var infoHash = tunnel.InfoHash!.Value;
        if (await IsRefusedAsync(context, infoHash))
        {
            return;
        }

        var transport = HttpProtocol.IsHttp2(context.Request.Protocol) ? "h2" : "h1";
        var response = MeteredResponse.Attach(context.Features, session.Gate, infoHash, metering);
        metering.Metrics.StreamStarted(transport);
        session.BeginResponse();
        active.Add(response, session);
        var failed = true;
        try
        {
            await next(context);
            failed = context.Features.Get<IForwarderErrorFeature>() is not null;
        }
        finally
        {
            var outcome = response.WasCut ? ResponseOutcome.CreditCut
                : response.WasStopped ? ResponseOutcome.PolicyCut
                : response.Written >= tunnel.PromisedLength ? ResponseOutcome.Complete
                : response.WasAborted || failed ? ResponseOutcome.Aborted
                : ResponseOutcome.Complete;
            metering.Metrics.StreamEnded(transport, outcome, response.Written);
            RelayTracing.Wanted?
                .SetTag("bttproxy.outcome", LabelValue.Of(outcome))
                .SetTag("bttproxy.credit.wait", response.CreditWait.TotalSeconds)
                .SetTag("bttproxy.size", LabelValue.Of(RelayTracing.SizeOf(response.Written)));
            session.EndResponse();
            active.Remove(response);
            response.Detach(context.Features);
            if (outcome == ResponseOutcome.Aborted)
            {
                await ForgiveAsync(session, response.Written);
            }
        }

        if (response.WasStopped && !context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
            if (!await IsRefusedAsync(context, infoHash))
            {
                await Answers.RefuseAsync(context, RefusalCode.Busy, "The relay's policy has changed meanwhile; ask again.");
            }
        }
    }

    private async Task<bool> IsRefusedAsync(HttpContext context, InfoHash infoHash)
    {
        if (active.RefusalOf(infoHash) is not { } refusal)
        {
            return false;
        }

        if (refusal.Code == RefusalCode.ContentRefused)
        {
            metering.Metrics.ContentRefused(ContentRefusal.Denylist);
        }

        await Answers.RefuseAsync(context, refusal);
        return true;
    }

    private async Task ForgiveAsync(RelaySession session, long written)
    {
        var allowed = session.TryForgive(written, out var granted);
        metering.Metrics.Forgiven(granted.Value);
        await (allowed ? saver.SaveAsync(session) : closer.CloseAsync(session, CancellationToken.None));
    }
}
