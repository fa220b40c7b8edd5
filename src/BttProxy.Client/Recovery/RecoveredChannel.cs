using System.Text.Json.Serialization;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Recovery;

/// <summary>One channel of <c>bttproxy wallet recover</c>, as it is printed.</summary>
internal sealed record RecoveredChannel(
    string Id, [property: JsonConverter(typeof(JsonStringEnumConverter<RecoveryOutcome>))] RecoveryOutcome Outcome, string Detail, TokenAmount Reserved)
{
    /// <summary>Whom it pays, where that is known.</summary>
    public string? Relay { get; init; }

    /// <summary>The highest voucher; null when that is not known.</summary>
    public TokenAmount? Signed { get; init; }

    [JsonIgnore]
    public bool IsUsable => Outcome is RecoveryOutcome.Recovered or RecoveryOutcome.Kept;

    public static RecoveredChannel Of(WalletChannel channel, RecoveryOutcome outcome, string detail) =>
        new(channel.Id.ToString(), outcome, detail, channel.OnChain!.Reserved)
        {
            Relay = channel.Local?.Relay.ToString(), Signed = channel.Remembered?.Signed,
        };

    public string ToText() => IsUsable
        ? $"{Outcome.ToString().ToLowerInvariant(),-10} {Id}  relay {Relay![..8]}  reserved {Reserved.ToBtt()}, signed {Signed?.ToBtt()}"
        : $"{"left alone",-10} {Id}  reserved {Reserved.ToBtt()}: {Detail}";
}
