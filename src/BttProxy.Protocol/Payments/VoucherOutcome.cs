using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>The verdict on one voucher.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Code">Why, unless accepted or repeated.</param>
/// <param name="Signature">Detail of <see cref="VoucherRejection.BadSignature"/>.</param>
/// <param name="PaidBytes">Bytes of this session that are paid after it; zero when rejected.</param>
public readonly record struct VoucherOutcome(
    VoucherOutcomeKind Kind, VoucherRejection Code, SignatureVerdict Signature, ByteCount PaidBytes)
{
    /// <summary>The voucher is to be stored.</summary>
    public bool IsAccepted => Kind is VoucherOutcomeKind.Accepted or VoucherOutcomeKind.AcceptedWithoutCredit;

    internal static VoucherOutcome Reject(VoucherRejection code) =>
        new(VoucherOutcomeKind.Rejected, code, SignatureVerdict.Valid, ByteCount.Zero);
}
