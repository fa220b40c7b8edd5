using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Microsoft.Extensions.Logging;

namespace BttProxy.Client.Payments;

internal sealed partial class ChannelPayer
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Channel {ChannelId} accepted a voucher over {Amount}; window {Window} bytes.")]
    private static partial void LogPaid(ILogger logger, ChannelId channelId, TokenAmount amount, long window);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Session on channel {ChannelId} closed ({Code}): signed {Signed}, accepted {Accepted}.")]
    private static partial void LogClosed(ILogger logger, ChannelId channelId, VoucherRejection code, TokenAmount signed, TokenAmount accepted);
}
