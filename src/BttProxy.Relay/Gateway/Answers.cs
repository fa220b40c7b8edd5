using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Tunnel;
using BttProxy.Relay.Observability;

namespace BttProxy.Relay.Gateway;

/// <summary>Writes the tunnel's messages, and is the one place where refusals become HTTP statuses.</summary>
internal static class Answers
{
    public static Task WriteAsync<T>(HttpContext context, T message, int status = StatusCodes.Status200OK)
        where T : class, IWireMessage => WriteBytesAsync(context, MessageCodec.Encode(message), status);

    public static async Task WriteBytesAsync(HttpContext context, ReadOnlyMemory<byte> bytes, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = RequestNames.MediaType;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    public static Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        RelayTracing.Wanted?.SetTag("bttproxy.refusal", LabelValue.Of(refusal.Code));
        if (refusal.Session != SessionRejection.Accepted)
        {
            RelayTracing.Wanted?.SetTag("bttproxy.session.rejection", LabelValue.Of(refusal.Session));
        }

        return WriteAsync(context, refusal, Status(refusal.Code));
    }

    public static Task RefuseAsync(HttpContext context, RefusalCode code, string text) =>
        RefuseAsync(context, Refusal.Because(code, text));

    private static int Status(RefusalCode code) => code switch
    {
        RefusalCode.PaymentRequired or RefusalCode.OutOfCredit => StatusCodes.Status402PaymentRequired,
        RefusalCode.SessionRejected or RefusalCode.TooManyAborts => StatusCodes.Status403Forbidden,
        RefusalCode.UnknownSession => StatusCodes.Status401Unauthorized,
        RefusalCode.TooManyRequests => StatusCodes.Status429TooManyRequests,
        RefusalCode.ContentUnavailable => StatusCodes.Status504GatewayTimeout,
        RefusalCode.ContentRefused => StatusCodes.Status451UnavailableForLegalReasons,
        RefusalCode.RangeNotSatisfiable => StatusCodes.Status416RangeNotSatisfiable,
        RefusalCode.NotFound => StatusCodes.Status404NotFound,
        RefusalCode.Busy or RefusalCode.ShuttingDown or RefusalCode.LedgerUnavailable or RefusalCode.WorkerUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };
}
