using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node;
using Xunit;

namespace BttProxy.UnitTests.Tron.Node;

public sealed class TronTransactionTests
{
    private static readonly TransactionTerms Terms = new(
        new BlockReference(Bytes32.Zero), DateTimeOffset.UnixEpoch.AddDays(1), DateTimeOffset.UnixEpoch.AddDays(1).AddMinutes(1));

    [Fact]
    public void KeyOfAnother_CannotSign()
    {
        using var key = Secp256k1Key.Generate();
        Assert.Throws<ArgumentException>(() => TronTransaction.Sign(new TrxTransfer(TronAddress.Zero, TronAddress.Zero, 1), Terms, key));
        TronTransaction.Sign(new TrxTransfer(TronAddress.Zero, TronAddress.Zero, 1), Terms with { PermissionId = 2 }, key);
    }

    [Fact]
    public void TransferRunsNoCode_AndHasNoFeeLimit()
    {
        using var key = Secp256k1Key.Generate();
        var transfer = new TrxTransfer(key.Address, TronAddress.Zero, 1);
        Assert.Equal(
            TronTransaction.Sign(transfer, Terms, key).Id, TronTransaction.Sign(transfer, Terms with { FeeLimit = 5 }, key).Id);
    }

    [Fact]
    public void TransactionThatNoNodeTakes_IsRefusedHere()
    {
        using var key = Secp256k1Key.Generate();
        Assert.Throws<ArgumentException>(
            () => TronTransaction.Sign(new ContractCall(key.Address, TronAddress.Zero, new byte[500 * 1024]), Terms, key));
    }

    [Fact]
    public void StoredBytesThatAreDamaged_AreRefused()
    {
        using var key = Secp256k1Key.Generate();
        var encoded = TronTransaction.Sign(new TrxTransfer(key.Address, TronAddress.Zero, 1), Terms, key).Encoded.ToArray();
        for (var length = 0; length < encoded.Length; length++)
        {
            Assert.Throws<FormatException>(() => TronTransaction.Decode(encoded.AsSpan(0, length)));
        }

        Assert.Throws<FormatException>(() => TronTransaction.Decode([.. encoded, 0x18, 0]));
    }
}
