using BttProxy.Client.Payments;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Client;

/// <summary>What a client without memory believes of a relay. Relays gain by a high voucher, so each bound has a lie that it stops.</summary>
public sealed class VoucherAdoptionTests
{
    private static readonly ChannelDomain Domain = new(1, new TronAddress(new byte[20]));
    private static readonly Secp256k1Key Session = KeyOf(7);
    private static readonly Secp256k1Key Stranger = KeyOf(8);
    private static readonly ChannelId Channel = new(new Bytes32(Enumerable.Repeat((byte)1, 32).ToArray()));
    private static readonly ChannelId Foreign = new(new Bytes32(Enumerable.Repeat((byte)2, 32).ToArray()));

    [Theory]
    [InlineData(50, 3, AdoptionVerdict.Adopt)]
    [InlineData(100, 3, AdoptionVerdict.Adopt)]
    [InlineData(20, 3, AdoptionVerdict.Adopt)]
    [InlineData(101, 3, AdoptionVerdict.AboveReserved)]
    [InlineData(19, 3, AdoptionVerdict.BelowClaimed)]
    [InlineData(50, 2, AdoptionVerdict.AnotherEpoch)]
    [InlineData(50, 4, AdoptionVerdict.AnotherEpoch)]
    public void NoMemory_BelievesOurSignatureBetweenClaimedAndReserved(uint amount, ulong epoch, object expected) =>
        Assert.Equal(expected, VoucherAdoption.Judge(Sign(Session, Channel, epoch, amount), Bounds(claimed: 20)));

    [Fact]
    public void SignatureOfSomebodyElse_OverAnotherChannel_OrInAnotherDomain_IsNotBelieved()
    {
        Assert.Equal(AdoptionVerdict.NotOurSignature, VoucherAdoption.Judge(Sign(Stranger, Channel, 3, 50), Bounds()));
        Assert.Equal(AdoptionVerdict.AnotherChannel, VoucherAdoption.Judge(Sign(Session, Foreign, 3, 50), Bounds()));
        // Signed for the foreign channel, presented as one of this.
        var moved = new SignedVoucher(new Voucher(Channel, 3, new TokenAmount(50)), Sign(Session, Foreign, 3, 50).Signature);
        Assert.Equal(AdoptionVerdict.NotOurSignature, VoucherAdoption.Judge(moved, Bounds()));
        var elsewhere = new Voucher(Channel, 3, new TokenAmount(50)).Sign(new ChannelDomain(2, Domain.Contract), Session);
        Assert.Equal(AdoptionVerdict.NotOurSignature, VoucherAdoption.Judge(elsewhere, Bounds()));
    }

    [Theory]
    [InlineData(40, AdoptionVerdict.Known)]
    [InlineData(39, AdoptionVerdict.OursIsHigher)]
    [InlineData(41, AdoptionVerdict.Adopt)]
    [InlineData(50, AdoptionVerdict.Adopt)]
    [InlineData(51, AdoptionVerdict.BeyondOverdraft)]
    public void Memory_BoundsBothWays(uint amount, object expected) =>
        Assert.Equal(expected, VoucherAdoption.Judge(Sign(Session, Channel, 3, amount), Bounds(remembered: 40, overdraft: 10)));

    [Theory]
    [InlineData(0, 0, AdoptionVerdict.NothingHeld)]
    [InlineData(0, 1, AdoptionVerdict.BelowClaimed)]
    [InlineData(5, 5, AdoptionVerdict.OursIsHigher)]
    [InlineData(5, 6, AdoptionVerdict.BelowClaimed)]
    public void RelayThatShowsNothing_IsBelievedUnlessTheChainHasPaidMore(uint remembered, uint claimed, object expected) =>
        Assert.Equal(expected, VoucherAdoption.Judge(null, Bounds(claimed, remembered, overdraft: 10)));

    /// <summary>Whatever a relay shows and whatever we remember: what is adopted was signed by us, and is within every bound.</summary>
    [Fact]
    public void Adopted_IsOurs_NeverLower_AndWithinTheBounds() =>
        Gen.Select(Gen.UInt[0, 40], Gen.ULong[2, 4], Gen.Int[0, 2], Gen.Bool, Gen.UInt[0, 40], Gen.UInt[0, 40], Gen.UInt[0, 40], Gen.UInt[0, 80])
            .Sample(
                (amount, epoch, signer, isForeign, claimed, reserved, remembered, overdraft) =>
                {
                    var hasMemory = overdraft <= 40;
                    var key = signer == 0 ? Stranger : Session;
                    var signed = Sign(key, isForeign ? Foreign : Channel, epoch, amount);
                    var held = signer == 1 ? signed with { Voucher = signed.Voucher with { Cumulative = new TokenAmount(amount + 1) } } : signed;
                    var bounds = Bounds(claimed, hasMemory ? remembered : 0, hasMemory ? overdraft : null) with { Reserved = new TokenAmount(reserved) };

                    var verdict = VoucherAdoption.Judge(held, bounds);

                    var ours = bounds.Remembered?.Voucher.Cumulative.Units ?? 0;
                    var shown = held.Voucher.Cumulative.Units;
                    var mayAdopt = signer == 2 && !isForeign && epoch == bounds.Epoch
                        && shown > ours && shown >= claimed && shown <= reserved && (!hasMemory || shown - ours <= overdraft);
                    Assert.Equal(mayAdopt, verdict == AdoptionVerdict.Adopt);
                    Assert.True(!verdict.IsBelieved() || (UInt128)claimed <= UInt128.Max(ours, shown));
                    Assert.True(!verdict.IsBelieved() || (!isForeign && epoch == bounds.Epoch));
                },
                iter: 3000);

    private static AdoptionBounds Bounds(uint claimed = 0, uint remembered = 0, uint? overdraft = null) => new(
        Domain, Channel, 3, Session.Address, new TokenAmount(claimed), new TokenAmount(100),
        remembered == 0 ? null : Sign(Session, Channel, 3, remembered), overdraft is { } units ? new TokenAmount(units) : null);

    private static SignedVoucher Sign(Secp256k1Key key, ChannelId channel, ulong epoch, uint amount) =>
        new Voucher(channel, epoch, new TokenAmount(amount)).Sign(Domain, key);

    private static Secp256k1Key KeyOf(byte value) => Secp256k1Key.FromBytes(Enumerable.Repeat(value, 32).ToArray());
}
