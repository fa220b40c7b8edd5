using System.Text;
using BttProxy.Client.Terminal;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Wallets;

/// <summary>What <c>bttproxy wallet</c> prints. Amounts in JSON are integers of the token's smallest unit, as text.</summary>
/// <param name="Address">The wallet's.</param>
/// <param name="File">Where it is kept.</param>
internal sealed record WalletReport(string Address, string File)
{
    /// <summary>Tokens in the wallet; null when no network is named.</summary>
    public TokenAmount? Balance { get; init; }

    /// <summary>Tokens in the contract that no channel holds.</summary>
    public TokenAmount? Deposit { get; init; }

    /// <summary>Tokens that the channels known on this computer hold and no relay has claimed.</summary>
    public TokenAmount? InChannels { get; init; }

    public IReadOnlyList<ChannelReport>? Channels { get; init; }

    public string ToText()
    {
        var text = new StringBuilder();
        text.Append("address  ").AppendLine(Address);
        text.Append("file     ").Append(File);
        if (Balance is { } balance && Deposit is { } deposit)
        {
            text.AppendLine().Append("balance  ").AppendLine(balance.ToBtt());
            text.Append("deposit  ").Append(deposit.ToBtt()).Append(" free");
        }

        if (InChannels is { } reserved)
        {
            text.AppendLine().Append("channels ").Append(reserved.ToBtt()).Append(" reserved and not claimed, in those known here");
        }

        foreach (var channel in Channels ?? [])
        {
            text.AppendLine().Append(channel.ToText());
        }

        return text.ToString();
    }

    public Task PrintAsync(bool asJson, ClientTerminal terminal) => terminal.Output.WriteLineAsync(asJson ? JsonLine.Of(this) : ToText());
}
