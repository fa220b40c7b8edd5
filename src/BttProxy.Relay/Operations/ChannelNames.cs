using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Cli;

namespace BttProxy.Relay.Operations;

/// <summary>Channels by the first digits of their ids.</summary>
internal static class ChannelNames
{
    // Shorter beginnings too easily mean another channel tomorrow.
    private const int LeastDigits = 6;
    private const int AllDigits = 64;

    /// <exception cref="OperationException">No channel, or several.</exception>
    public static ChannelSummary Find(IReadOnlyCollection<ChannelSummary> channels, string name)
    {
        var digits = name.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? name[2..] : name;
        if (digits.Length is < LeastDigits or > AllDigits || !digits.All(char.IsAsciiHexDigit))
        {
            throw new OperationException(
                $"A channel is named by at least {LeastDigits} digits of its id, as 'bttproxy-relay channels' prints it.", RelayExitCode.BadConfiguration);
        }

        var found = channels
            .Where(channel => channel.Id.ToString().AsSpan(2).StartsWith(digits, StringComparison.OrdinalIgnoreCase))
            .Take(2).ToArray();
        return found switch
        {
            [var only] => only,
            [] => throw new OperationException(
                $"The relay has no channel {name}: 'bttproxy-relay channels --all' lists them.", RelayExitCode.BadConfiguration),
            _ => throw new OperationException($"Several channels begin with {name}: give more digits.", RelayExitCode.BadConfiguration),
        };
    }
}
