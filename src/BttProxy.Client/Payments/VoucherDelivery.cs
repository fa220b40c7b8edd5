using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace BttProxy.Client.Payments;

/// <summary>Gets a stored voucher to the relay: the same bytes again when an answer is lost or the relay's ledger is busy.</summary>
internal sealed partial class VoucherDelivery(IVoucherDesk desk, ILogger logger, TimeProvider timeProvider)
{
    private const int MaximumAttempts = 4;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    /// <exception cref="TunnelException">No attempt was answered.</exception>
    public async Task<VoucherAnswer> SendAsync(SessionId sessionId, SignedVoucher voucher, CancellationToken cancellationToken)
    {
        var message = PayVoucher.Create(sessionId, voucher);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await desk.PayAsync(message, cancellationToken);
                if (answer.Code != VoucherRejection.LedgerUnavailable || attempt == MaximumAttempts)
                {
                    return answer;
                }
            }
            catch (TunnelException failure) when (attempt < MaximumAttempts && failure.Fault is TunnelFault.ConnectionLost or TunnelFault.TimedOut)
            {
                LogResend(logger, voucher.Voucher.ChannelId, failure.Message);
            }

            await Task.Delay(RetryDelay * attempt, timeProvider, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Voucher on channel {ChannelId} is sent again: {Reason}.")]
    private static partial void LogResend(ILogger logger, ChannelId channelId, string reason);
}
