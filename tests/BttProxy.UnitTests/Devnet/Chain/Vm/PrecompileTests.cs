using System.Numerics;
using System.Security.Cryptography;
using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

public sealed class PrecompileTests
{
    private static readonly BigInteger Order =
        UInt256.Parse("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").ToBigInteger();

    private static (bool Success, byte[] Output, long Energy) Call(UInt256 address, byte[] data, ulong energy = 1_000_000)
    {
        var size = (ulong)data.Length;
        var ask = new Bytecode().Do(Operation.CallDataCopy, 0, 0, size).Do(Operation.StaticCall, energy, address, 0, size, 0, 0)
            .Push(1).Do(Operation.SStore).Do(Operation.ReturnDataSize).Push(0).Push(0).Do(Operation.ReturnDataCopy)
            .Do(Operation.ReturnDataSize).Push(0).Do(Operation.Return);
        var world = new VmWorld().Put(VmWorld.Contract, ask);
        var result = world.Call(data: data);
        Assert.True(result.IsSuccess);
        var precompile = Precompiles.Find(address)!;
        return (!world.State.Storage(VmWorld.Contract, 1).IsZero, result.Output.ToArray(), precompile.Price(data));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Recover_GivesTheAddressWithTronsPrefix_ForLowAndHighS(bool high)
    {
        using var key = Secp256k1Key.FromBytes([.. new byte[31], 5]);
        var digest = Keccak256.Hash([1, 2, 3]);
        var signature = key.Sign(digest).ToArray();
        if (high)
        {
            UInt256.FromBigInteger(Order - UInt256.FromBytes(signature.AsSpan(32, 32)).ToBigInteger()).WriteBytes(signature.AsSpan(32));
            signature[64] = (byte)(27 + 28 - signature[64]);
        }

        byte[] data = [.. digest.Span, .. new byte[31], signature[64], .. signature.AsSpan(0, 64)];
        var (success, output, energy) = Call(1, data);
        Assert.Equal((true, 3_000L), (success, energy));
        Assert.Equal([.. new byte[11], 0x41, .. key.Address.Span], output);
    }

    [Fact]
    public void Recover_OfNoSignature_SucceedsWithNothing()
    {
        using var key = Secp256k1Key.FromBytes([.. new byte[31], 5]);
        var digest = Keccak256.Hash([1, 2, 3]);
        var signature = key.Sign(digest).ToArray();
        byte[] data = [.. digest.Span, .. new byte[31], signature[64], .. signature.AsSpan(0, 64)];
        foreach (var (place, value) in new[] { (63, 0), (63, 26), (63, 29), (32, 1) })
        {
            var wrong = data.ToArray();
            wrong[place] = (byte)value;
            Assert.Equal((true, 0), (Call(1, wrong).Success, Call(1, wrong).Output.Length));
        }

        data.AsSpan(96).Fill(0xFF);
        Assert.Empty(Call(1, data).Output);
        data.AsSpan(96).Clear();
        Assert.Empty(Call(1, data).Output);
        Assert.Empty(Call(1, []).Output);
    }

    [Fact]
    public void Hashes_AreThoseOfTron()
    {
        byte[] data = [.. Enumerable.Range(0, 33).Select(i => (byte)i)];
        Assert.Equal((true, 60L + 24), (Call(2, data).Success, Call(2, data).Energy));
        Assert.Equal(SHA256.HashData(data), Call(2, data).Output);
        Assert.Equal(SHA256.HashData(SHA256.HashData(data).AsSpan(0, 20)), Call(3, data).Output);
        Assert.Equal(600 + 240, Call(3, data).Energy);
    }

    [Fact]
    public void Identity_GivesBackItsData()
    {
        Assert.Equal([1, 2, 3], Call(4, [1, 2, 3]).Output);
        Assert.Equal(18, Call(4, [1, 2, 3]).Energy);
    }

    [Fact]
    public void Power_IsModularExponentiation()
    {
        static byte[] Length(int length) => ((UInt256)(ulong)length).ToBytes32().ToArray();
        byte[] data = [.. Length(1), .. Length(2), .. Length(4), 3, 0x01, 0x00, 0x00, 0x00, 0xFF, 0xFB];
        var (success, output, energy) = Call(5, data);
        Assert.True(success);
        Assert.Equal((UInt256)(ulong)BigInteger.ModPow(3, 256, 0xFFFB), UInt256.FromBytes(output));
        Assert.Equal((4, 16L * 8 / 20), (output.Length, energy));
        Assert.Empty(Call(5, [.. Length(1), .. Length(1), .. Length(1), 3, 3, 0]).Output);
        Assert.False(Call(5, [.. Length(1), .. Length(1), .. Length(2000)]).Success);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(0x1000001)]
    public void WhatIsNotProvided_Fails(int number) => Assert.False(Call((ulong)number, []).Success);

    [Fact]
    public void TooLittleEnergy_Fails() => Assert.False(Call(2, [], energy: 59).Success);

    [Fact]
    public void AddressWithPrefix_IsNoPrecompile() => Assert.Null(Precompiles.Find(((UInt256)0x41 << 160) | 2));
}
