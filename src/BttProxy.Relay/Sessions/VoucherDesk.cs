using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Payments;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Settlement;

namespace BttProxy.Relay.Sessions;

/// <summary>Takes vouchers: rules, then durable, then credit, then answer; one at a time per channel.</summary>
internal sealed partial class VoucherDesk(
    VoucherPolicy policy, RelayLedger ledger, Exposure exposure, ChainWatch chain, RelayMetrics metrics, TimeProvider time,
    ILogger<VoucherDesk> logger)
{
    public async Task<VoucherAnswer> TakeAsync(RelaySession session, SignedVoucher voucher, CancellationToken cancellationToken)
    {
        session.Touch();
        if (session.Invalid.IsExceeded)
        {
            // Judged before the lock and the signature, so that a flood of forgeries costs next to nothing.
            return Answer(session, VoucherRejection.TooManyInvalid);
        }

        await session.Writer.WaitAsync(cancellationToken);
        try
        {
            var start = time.GetTimestamp();
            var answer = await CheckAndStoreAsync(session, voucher);
            metrics.VoucherChecked(time.GetElapsedTime(start), answer.Code == VoucherRejection.Accepted);
            return answer;
        }
        finally
        {
            session.Writer.Release();
        }
    }

    private async Task<VoucherAnswer> CheckAndStoreAsync(RelaySession session, SignedVoucher voucher)
    {
        var credit = session.Credit;
        var outcome = VoucherRules.Check(State(session, credit), voucher, session.Signer.Recover);
        switch (outcome.Kind)
        {
            case VoucherOutcomeKind.Repeated:
                return Answer(session, VoucherRejection.Accepted);
            case VoucherOutcomeKind.Rejected:
                if (VoucherRules.ProvesMisbehaviour(outcome.Code))
                {
                    session.Invalid.Count();
                }

                LogRefused(session.Id, outcome.Code, outcome.Signature);
                return Answer(session, outcome.Code, outcome.Signature);
            default:
                return await StoreAsync(session, credit, voucher, outcome);
        }
    }

    private async Task<VoucherAnswer> StoreAsync(RelaySession session, CreditWindow credit, SignedVoucher voucher, VoucherOutcome outcome)
    {
        var before = session.Channel.Accepted;
        var after = credit.Pay(outcome.PaidBytes);
        try
        {
            // Not the request's token: a client that hangs up must not leave a voucher stored and not credited.
            var stored = await ledger.AcceptVoucherAsync(
                voucher, session.ToRecord(after, voucher.Voucher.Cumulative), CancellationToken.None);
            if (stored.Outcome is not (AcceptOutcome.Accepted or AcceptOutcome.Repeated))
            {
                LogLedgerDisagrees(session.Id, stored.Outcome);
                return Answer(session, Code(stored.Outcome));
            }
        }
        catch (LedgerException e)
        {
            metrics.LedgerFailed();
            LogNotStored(session.Id, e);
            return Answer(session, VoucherRejection.LedgerUnavailable);
        }

        session.Apply(voucher, outcome.PaidBytes, withCredit: outcome.Kind == VoucherOutcomeKind.Accepted);
        var added = voucher.Voucher.Cumulative - before;
        exposure.Accepted(session.Channel.Terms.Payer, added);
        metrics.Paid(after.Paid.Value - credit.Paid.Value, added);
        return Answer(session, outcome.Code);
    }

    private VoucherCheckState State(RelaySession session, CreditWindow credit) => new()
    {
        Policy = policy,
        Channel = session.Channel,
        Account = session.Account,
        Credit = credit,
        UnixSeconds = (ulong)time.GetUtcNow().ToUnixTimeSeconds(),
        UnclaimedOfPayer = exposure.Of(session.Channel.Terms.Payer),
        UnclaimedTotal = exposure.Total,
        IsChainViewFresh = chain.IsFresh,
    };

    private static VoucherAnswer Answer(
        RelaySession session, VoucherRejection code, SignatureVerdict signature = SignatureVerdict.Valid)
    {
        var credit = session.Credit;
        var last = code == VoucherRejection.Accepted ? null : session.Channel.Last;
        return new VoucherAnswer(code, signature, session.Channel.Accepted, credit.Paid, credit.Size, last);
    }

    private static VoucherRejection Code(AcceptOutcome outcome) => outcome switch
    {
        AcceptOutcome.NotHigher => VoucherRejection.NotAboveLast,
        AcceptOutcome.WrongEpoch => VoucherRejection.WrongEpoch,
        AcceptOutcome.AboveReserved => VoucherRejection.AboveReserved,
        _ => VoucherRejection.UnknownChannel,
    };
}
