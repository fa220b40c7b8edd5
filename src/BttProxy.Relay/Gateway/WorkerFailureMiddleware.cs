using BttProxy.Protocol.Messages;
using Yarp.ReverseProxy.Forwarder;

namespace BttProxy.Relay.Gateway;

/// <summary>Tells a client whose request no worker could answer that it may ask again, instead of a bare status.</summary>
internal sealed class WorkerFailureMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested && context.Features.Get<IForwarderErrorFeature>() is not null)
        {
            context.Response.Clear();
            await Answers.RefuseAsync(context, RefusalCode.WorkerUnavailable, "No worker of this relay can answer now; try again.");
        }
    }
}
