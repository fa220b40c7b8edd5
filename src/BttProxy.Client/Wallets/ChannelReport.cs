using System.Globalization;
using System.Text.Json.Serialization;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Wallets;

/// <summary>One channel of the wallet, as it is printed.</summary>
/// <param name="Id">On chain.</param>
/// <param name="Relay">Whom it pays; null when only the chain knows the channel, which does not name relays.</param>
/// <param name="Payee">Where its money goes.</param>
/// <param name="State">What can be done with it.</param>
/// <param name="Epoch">How often it was closed.</param>
/// <param name="Reserved">What it can pay in its epoch.</param>
/// <param name="Signed">The highest voucher; null when this computer has no memory of it.</param>
/// <param name="Claimed">What the relay took on chain; null when the channel is not there (yet).</param>
internal sealed record ChannelReport(
    string Id, string? Relay, string Payee, [property: JsonConverter(typeof(JsonStringEnumConverter<WalletChannelState>))] WalletChannelState State,
    ulong Epoch, TokenAmount Reserved, TokenAmount? Signed, TokenAmount? Claimed)
{
    /// <summary>From when its rest can be taken back; null when nobody asked.</summary>
    public DateTimeOffset? WithdrawAt { get; init; }

    /// <summary>Why nothing more is signed on it.</summary>
    public string? Quarantine { get; init; }

    public static ChannelReport Of(WalletChannel channel)
    {
        var (held, remembered) = (channel.OnChain, channel.Remembered);
        return new ChannelReport(
            channel.Id.ToString(), channel.Local?.Relay.ToString(), channel.Terms.Payee.ToString(), channel.State,
            held?.Epoch ?? remembered?.Epoch ?? 0, held?.Reserved ?? remembered?.Reserved ?? TokenAmount.Zero, remembered?.Signed, held?.Claimed)
        {
            WithdrawAt = held?.WithdrawAt is { } at ? ChainTime.Of(at) : null,
            Quarantine = remembered?.Quarantine,
        };
    }

    public string ToText()
    {
        var whom = Relay is null ? $"payee {Payee}" : $"relay {Relay[..8]}";
        var signed = Signed is { } amount ? amount.ToBtt() : "(not known here)";
        var line = $"channel  {Id}  {whom}  reserved {Reserved.ToBtt()}, signed {signed}, claimed {Claimed?.ToBtt() ?? "(not on chain)"}";
        return State switch
        {
            WalletChannelState.Unrecovered => line + "; 'bttproxy wallet recover' takes it up",
            WalletChannelState.Quarantined => $"{line}; not used any more ({Quarantine}): 'bttproxy wallet withdraw --channel {Id[..10]}'",
            WalletChannelState.Withdrawing => line + string.Create(CultureInfo.InvariantCulture, $"; its rest is free from {WithdrawAt:u}"),
            WalletChannelState.Closed => line + "; closed",
            _ => line,
        };
    }
}
