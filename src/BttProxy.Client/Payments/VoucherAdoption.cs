using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Payments;

/// <summary>
/// A client that lost its memory asks the relay for the last voucher. The relay gains by a high one, so it is believed only with our
/// own signature over exactly this channel and epoch, and within what chain and ledger allow.
/// </summary>
internal static class VoucherAdoption
{
    /// <summary>W_client at its largest: the ceiling to which a window grows.</summary>
    public static readonly ByteCount LargestWindow = new(16 << 20);

    /// <summary>How far a relay's voucher may be above what this computer remembers.</summary>
    public static TokenAmount Overdraft(PricePerMegabyte price) => price.Owed(LargestWindow);

    /// <param name="held">What the relay shows; null when it holds none.</param>
    /// <param name="bounds">What we know without the relay.</param>
    public static AdoptionVerdict Judge(SignedVoucher? held, AdoptionBounds bounds)
    {
        var ours = bounds.Remembered?.Voucher.Cumulative ?? TokenAmount.Zero;
        if (held is not { } signed)
        {
            return bounds.Claimed > ours ? AdoptionVerdict.BelowClaimed
                : ours > TokenAmount.Zero ? AdoptionVerdict.OursIsHigher
                : AdoptionVerdict.NothingHeld;
        }

        var voucher = signed.Voucher;
        return voucher.ChannelId != bounds.Channel ? AdoptionVerdict.AnotherChannel
            : voucher.Epoch != bounds.Epoch ? AdoptionVerdict.AnotherEpoch
            : bounds.Claimed > TokenAmount.Max(ours, voucher.Cumulative) ? AdoptionVerdict.BelowClaimed
            : signed == bounds.Remembered ? AdoptionVerdict.Known
            : voucher.Cumulative <= ours ? AdoptionVerdict.OursIsHigher
            : voucher.Cumulative > bounds.Reserved ? AdoptionVerdict.AboveReserved
            : bounds.Overdraft is { } overdraft && voucher.Cumulative - ours > overdraft ? AdoptionVerdict.BeyondOverdraft
            : signed.Recover(bounds.Domain, out var signer) != SignatureVerdict.Valid || signer != bounds.Signer ? AdoptionVerdict.NotOurSignature
            : AdoptionVerdict.Adopt;
    }

    public static bool IsBelieved(this AdoptionVerdict verdict) =>
        verdict is AdoptionVerdict.NothingHeld or AdoptionVerdict.Known or AdoptionVerdict.OursIsHigher or AdoptionVerdict.Adopt;

    /// <summary>For the user, about the relay.</summary>
    public static string Explain(this AdoptionVerdict verdict) => verdict switch
    {
        AdoptionVerdict.NothingHeld => "it holds no voucher",
        AdoptionVerdict.Known => "it holds the voucher known here",
        AdoptionVerdict.OursIsHigher => "the voucher known here is higher",
        AdoptionVerdict.Adopt => "its voucher is ours",
        AdoptionVerdict.AnotherChannel => "it shows a voucher of another channel",
        AdoptionVerdict.AnotherEpoch => "it shows a voucher from before or after the channel's present epoch",
        AdoptionVerdict.BelowClaimed => "it shows less than the chain has paid it",
        AdoptionVerdict.AboveReserved => "it shows a voucher above what the channel reserves",
        AdoptionVerdict.BeyondOverdraft => "it shows a voucher further above ours than one window",
        _ => "it shows a voucher that this wallet did not sign",
    };
}
