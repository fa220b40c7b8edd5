using BttProxy.Protocol.Messages;

namespace BttProxy.Client.Payments;

/// <summary>Where vouchers of a session are handed in: a relay at the other end of a tunnel.</summary>
internal interface IVoucherDesk
{
    Task<VoucherAnswer> PayAsync(PayVoucher message, CancellationToken cancellationToken);

    Task<SessionClosed> CloseAsync(CloseSession message, CancellationToken cancellationToken);
}
