using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Wallets;

/// <summary>What <c>bttproxy wallet</c> prints. Amounts in JSON are integers of the token's smallest unit, as text.</summary>
/// <param name="Address">The wallet's.</param>
/// <param name="File">Where it is kept.</param>
internal sealed record WalletReport(string Address, string File)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new AmountConverter() },
    };

    /// <summary>Tokens in the wallet; null when no network is named.</summary>
    public TokenAmount? Balance { get; init; }

    /// <summary>Tokens in the contract that no channel holds.</summary>
    public TokenAmount? Deposit { get; init; }

    public IReadOnlyList<ChannelReport>? Channels { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Format);

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

        foreach (var channel in Channels ?? [])
        {
            text.AppendLine().Append("channel  ").Append(channel.Id).Append("  relay ").Append(channel.Relay[..8])
                .Append("  reserved ").Append(channel.Reserved.ToBtt())
                .Append(", signed ").Append(channel.Signed.ToBtt())
                .Append(", claimed ").Append(channel.Claimed?.ToBtt() ?? "(not on chain)");
        }

        return text.ToString();
    }

    private sealed class AmountConverter : JsonConverter<TokenAmount>
    {
        public override TokenAmount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TokenAmount.Parse(reader.GetString());

        public override void Write(Utf8JsonWriter writer, TokenAmount value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}

/// <summary>One channel of the wallet.</summary>
/// <param name="Id">On chain.</param>
/// <param name="Relay">Whom it pays.</param>
/// <param name="Reserved">What it can pay in its epoch.</param>
/// <param name="Signed">The highest voucher.</param>
/// <param name="Claimed">What the relay took on chain; null when the channel is not there (yet).</param>
internal sealed record ChannelReport(string Id, string Relay, TokenAmount Reserved, TokenAmount Signed, TokenAmount? Claimed);
