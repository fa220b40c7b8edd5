using BttProxy.Client.Payments;
using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Messages;
using BttProxy.Relay.Sessions;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>One session's messages: lost, or twisted by a hostile relay, on request; what passes is noted.</summary>
internal sealed class Wire(HistoryRelay relay, Traffic traffic, ProcessLife client, WireFaults faults, TrafficLog log) : IVoucherDesk
{
    public async Task<VoucherAnswer> PayAsync(PayVoucher message, CancellationToken cancellationToken)
    {
        var voucher = message.ToSignedVoucher(traffic.Terms.Id(relay.Domain));
        if (traffic.IsPayerHonest)
        {
            traffic.Sent(voucher);
            log.Keep(traffic.Terms, voucher);
        }

        await client.PassAsync();
        faults.ThrowIfRequestIsLost();
        var answer = await relay.AskAsync(_ => relay.Sessions.Find(message.SessionId) is { } session
            ? relay.Part<VoucherDesk>().TakeAsync(session, voucher, CancellationToken.None)
            : Task.FromResult(new VoucherAnswer(VoucherRejection.UnknownSession, default, default, default, default, null)));
        if (answer.Code == VoucherRejection.Accepted || answer.AcceptedTotal >= voucher.Voucher.Cumulative)
        {
            traffic.Acknowledged(answer.AcceptedTotal);
        }

        traffic.Told(answer.Window);
        faults.ThrowIfAnswerIsLost();
        await client.PassAsync();
        return relay.IsHonest ? answer : faults.Twist(answer);
    }

    public async Task<SessionClosed> CloseAsync(CloseSession message, CancellationToken cancellationToken)
    {
        await client.PassAsync();
        faults.ThrowIfRequestIsLost();
        var closed = await relay.AskAsync(async _ => relay.Sessions.Find(message.SessionId) is { } session
            ? await relay.Part<SessionClosing>().CloseAsync(session, message, CancellationToken.None)
            : throw new TunnelException(TunnelFault.Refused, "there is no such session"));
        faults.ThrowIfAnswerIsLost();
        await client.PassAsync();
        return closed;
    }
}
