using BttProxy.Protocol.Money;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class ClosingText
{
    public static string Of(SaleEnd closing)
    {
        var claim = closing.Claim is { Claims.Count: 0, LeftOut: [var only, ..] } ? $"Nothing is claimed on it: {only.Note}." : ClaimText.Of(closing.Claim);
        var rest = closing.Remainder == TokenAmount.Zero
            ? "Nothing is left on it for the payer."
            : $"The rest, {closing.Remainder.ToBtt()}, is the payer's ({closing.Payer}) to take back with "
              + $"'bttproxy wallet withdraw --channel {PlainText.Short(closing.Channel)}', after the channel's delay.";
        return string.Join(
            Environment.NewLine,
            $"Nothing more is sold on channel {closing.Channel}{(closing.SessionEnded ? "; its session has ended" : "")}.", claim, rest);
    }
}
