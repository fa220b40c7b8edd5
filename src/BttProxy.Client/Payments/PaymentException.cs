using BttProxy.Protocol.Messages;

namespace BttProxy.Client.Payments;

/// <summary>Payment to one relay cannot go on; nothing more is signed for this session.</summary>
internal sealed class PaymentException(VoucherRejection code, string message) : Exception(message)
{
    /// <summary>What the relay answered; accepted when it was this client that stopped.</summary>
    public VoucherRejection Code { get; } = code;
}
