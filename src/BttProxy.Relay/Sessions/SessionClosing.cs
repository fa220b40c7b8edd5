using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Settlement;

namespace BttProxy.Relay.Sessions;

/// <summary>Answers a client's wish to end its session: final voucher, end, and the channel's close on chain if asked for.</summary>
internal sealed class SessionClosing(VoucherDesk desk, SessionCloser closer, CooperativeCloser cooperative, SettlementSignal settlement)
{
    public async Task<SessionClosed> CloseAsync(RelaySession session, CloseSession request, CancellationToken cancellationToken)
    {
        var code = VoucherRejection.Accepted;
        if (request.FinalVoucher is { } voucher)
        {
            code = (await desk.TakeAsync(session, voucher, cancellationToken)).Code;
        }

        // The client may hang up now; the end is written down all the same.
        await closer.CloseAsync(session, CancellationToken.None, claims: request.Close is null);
        var credit = session.Credit;
        var delivered = credit.Delivered - credit.Forgiven;
        if (request.Close is { } close
            && (session.Account.Debt(delivered, session.Channel.Accepted) > TokenAmount.Zero
                || !await cooperative.CloseAsync(session.Channel, close, cancellationToken)))
        {
            settlement.SessionClosed(session.Channel.Id);
        }

        return new SessionClosed(code, session.Channel.Accepted, delivered, credit.Paid);
    }
}
