using System.Net;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Tunnel;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Policies;

namespace BttProxy.Relay.Sessions;

/// <summary>The requests that the gateway answers itself: record, session, voucher, close.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet($"/{RequestNames.Record}", (RelayRecordSource records, HttpContext context) =>
            Answers.WriteBytesAsync(context, records.Current.Encode()));
        routes.MapPost($"/{RequestNames.Session}", OpenAsync).WithMetadata(new TracedRequest(Spans.SessionOpen, IsFromGateway: false));
        routes.MapPost($"/{RequestNames.Voucher}", PayAsync).WithMetadata(new TracedRequest(Spans.Voucher, IsFromGateway: false));
        routes.MapPost($"/{RequestNames.Close}", CloseAsync).WithMetadata(new TracedRequest(Spans.SessionClose, IsFromGateway: false));
    }

    private static async Task OpenAsync(
        HttpContext context, SessionOpener opener, RefusedOpens refused, RelayMetrics metrics, RelayRecordSource records, Hibernation hibernation, RelayLifetime lifetime)
    {
        var source = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (refused.IsExceeded(source))
        {
            metrics.SessionRejected(SessionRejection.TooManyInvalid);
            await Answers.RefuseAsync(context, Refused(SessionOutcome.Refused(SessionRejection.TooManyInvalid), records));
            return;
        }

        if (await MessageReader.ReadAsync<OpenSession>(context) is not { } request)
        {
            metrics.SessionRejected(SessionRejection.Malformed);
            refused.Note(source, SessionRejection.Malformed);
            await Answers.RefuseAsync(context, Refused(SessionOutcome.Refused(SessionRejection.Malformed), records));
            return;
        }

        if (lifetime.IsStopping)
        {
            await Answers.RefuseAsync(context, RefusalCode.ShuttingDown, "The relay is stopping; use another one.");
            return;
        }

        var outcome = await opener.OpenAsync(request, context.RequestAborted);
        refused.Note(source, outcome.Rejection);
        await (outcome.Opened is { } opened ? Answers.WriteAsync(context, opened)
            : outcome.Pending is { } pending ? Answers.WriteAsync(context, pending, StatusCodes.Status202Accepted)
            : Answers.RefuseAsync(context, outcome.Rejection == SessionRejection.QuotaReached && hibernation.Reason is { } reason
                ? QuotaRefusal.Of(reason, records.Current.Encode())
                : Refused(outcome, records)));
    }

    private static async Task PayAsync(HttpContext context, SessionRegistry sessions, VoucherDesk desk)
    {
        if (await MessageReader.ReadAsync<PayVoucher>(context) is not { } pay)
        {
            // What cannot be read still counts against whoever proves to own the session.
            context.FindSession(sessions)?.Invalid.Count();
            await AnswerAsync(context, Unknown(VoucherRejection.Malformed));
            return;
        }

        var answer = sessions.Find(pay.SessionId) is { } session
            ? await desk.TakeAsync(session, pay.ToSignedVoucher(session.Channel.Id), context.RequestAborted)
            : Unknown(VoucherRejection.UnknownSession);
        await AnswerAsync(context, answer);
    }

    private static Task AnswerAsync(HttpContext context, VoucherAnswer answer)
    {
        RelayTracing.Wanted?.SetTag("bttproxy.voucher.answer", LabelValue.Of(answer.Code));
        return Answers.WriteAsync(context, answer);
    }

    private static async Task CloseAsync(HttpContext context, SessionRegistry sessions, SessionClosing closing)
    {
        if (await MessageReader.ReadAsync<CloseSession>(context) is not { } request)
        {
            await Answers.RefuseAsync(context, RefusalCode.Malformed, "The close message is not valid.");
            return;
        }

        if (sessions.Find(request.SessionId) is not { } session)
        {
            await Answers.RefuseAsync(context, RefusalCode.UnknownSession, "There is no such session; it may have ended already.");
            return;
        }

        var closed = await closing.CloseAsync(session, request, context.RequestAborted);
        await Answers.WriteAsync(context, closed);
    }

    private static VoucherAnswer Unknown(VoucherRejection code) => new(code, default, default, default, default, null);

    private static Refusal Refused(SessionOutcome outcome, RelayRecordSource records) => new(
        RefusalCode.SessionRejected, $"No session was opened: {outcome.Rejection}.", outcome.Rejection, outcome.LastVoucher,
        records.Current.Encode());
}
