using System.Numerics;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.UnitTests.Protocol.Keys;
using BttProxy.UnitTests.Tron.Contracts.World;
using Xunit;
using static BttProxy.UnitTests.Tron.Contracts.World.ChannelsWorld;

namespace BttProxy.UnitTests.Tron.Contracts;

public abstract partial class BttChannelsTests
{
    [Fact] // [6: malleable form]
    public async Task SignatureWithHighS_IsRefused()
    {
        var world = await WithChannelAsync(await EvmAsync());
        var signature = world.Row(50).Voucher.Signature.Span.ToArray();
        var order = new BigInteger(Secp256k1.Order, isUnsigned: true, isBigEndian: true);
        var high = order - new BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        var bytes = high.ToByteArray(isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32, 32).Clear();
        bytes.CopyTo(signature, 64 - bytes.Length);
        signature[64] = (byte)(55 - signature[64]);
        Assert.Equal(ClaimOutcome.BadSignature, await OutcomeAsync(world, signature));
    }

    [Fact] // [6: flipped v, accepted by a key that ignores it]
    public async Task SignatureWithFlippedOrOtherV_IsRefused()
    {
        var world = await WithChannelAsync(await EvmAsync());
        var signature = world.Row(50).Voucher.Signature.Span.ToArray();
        var v = signature[64];
        signature[64] = (byte)(55 - v);
        Assert.NotEqual(ClaimOutcome.Claimed, await OutcomeAsync(world, signature));
        foreach (var other in new byte[] { 0, 1, 2, 26, 29, 255 })
        {
            signature[64] = other;
            Assert.Equal(ClaimOutcome.BadSignature, await OutcomeAsync(world, signature));
        }

        signature[64] = v;
        Assert.Equal(ClaimOutcome.Claimed, await OutcomeAsync(world, signature));
    }

    [Fact] // [6: the 64 bytes of EIP-2098, in whatever v]
    public async Task CompactSignature_IsRefused()
    {
        var world = await WithChannelAsync(await EvmAsync());
        for (UInt128 amount = 40; amount < 48; amount++)
        {
            var signature = world.Row(amount).Voucher.Signature.Span.ToArray();
            byte[] recoveryIds = signature[64] == 28 ? [0, 27, 28] : [0];
            signature[32] |= (byte)(signature[64] == 28 ? 0x80 : 0);
            foreach (var v in recoveryIds)
            {
                signature[64] = v;
                Assert.Equal(ClaimOutcome.BadSignature, await OutcomeAsync(world, signature));
            }
        }
    }

    [Fact] // [6: recovers to nobody]
    public async Task SignatureOfNobody_IsRefused()
    {
        var world = await WithChannelAsync(await EvmAsync());
        byte[] order = Secp256k1.Order.ToArray();
        byte[] one = [.. new byte[31], 1];
        byte[][] scalars = [new byte[32], order, [.. Enumerable.Repeat((byte)0xFF, 32)]];
        foreach (var bad in scalars)
        {
            Assert.Equal(ClaimOutcome.BadSignature, await OutcomeAsync(world, [.. bad, .. one, 27]));
            Assert.Equal(ClaimOutcome.BadSignature, await OutcomeAsync(world, [.. one, .. bad, 27]));
        }

        // x = 5 is on no point of the curve.
        Assert.Equal(ClaimOutcome.BadSignature, await OutcomeAsync(world, [.. new byte[31], 5, .. one, 27]));
        Assert.Equal(ClaimOutcome.BadSignature, await OutcomeAsync(world, [.. new byte[31], 5, .. one, 28]));
    }

    [Fact] // [6: whatever is done to a signature]
    public async Task MutatedSignatures_GetTheVerdictThatARelayGivesThem()
    {
        var comparison = await VerdictComparison.RunAsync(await EvmAsync(), 1_000, Backends.Available, seed: 1);
        Assert.Equal((1_000, 0), (comparison.Compared, comparison.Disagreements));
        Assert.All(
            [ClaimOutcome.Claimed, ClaimOutcome.WrongSigner, ClaimOutcome.BadSignature],
            outcome => Assert.True(comparison.Outcomes.GetValueOrDefault(outcome) > 100));
    }

    /// <summary>What the contract makes of this signature below a voucher over 50.</summary>
    private static async Task<ClaimOutcome> OutcomeAsync(ChannelsWorld world, byte[] signature)
    {
        var row = world.Row(50);
        row = row with { Voucher = row.Voucher with { Signature = new RecoverableSignature(signature) } };
        return Assert.Single(await world.ClaimAsync(row)).Outcome;
    }
}
