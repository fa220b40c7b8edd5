using System.Numerics;
using BttProxy.BitTorrent.Dht;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class DhtNodeIdTests
{
    private static readonly Gen<DhtNodeId> AnyId = Gen.Byte.Array[20].Select(bytes => new DhtNodeId(bytes));

    [Fact]
    public void Distance_IsTheXorMetric() => Gen.Select(AnyId, AnyId, AnyId).Sample((own, left, right) =>
        Math.Sign(own.CompareDistance(left, right)) == Math.Sign(Xor(own, left).CompareTo(Xor(own, right))));

    [Fact]
    public void Neighbour_SharesExactlyThePrefix() => Gen.Select(AnyId, Gen.Int[0, 159]).Sample((own, bits) =>
        own.CommonPrefixLength(own.CreateRandomNeighbour(bits)) == bits);

    [Fact]
    public void OwnId_SharesAllBits()
    {
        var id = DhtNodeId.CreateRandom();
        Assert.Equal(160, id.CommonPrefixLength(id));
        Assert.Equal(0, id.CompareDistance(id, id));
    }

    private static BigInteger Xor(DhtNodeId left, DhtNodeId right) =>
        new BigInteger(left.Span, isUnsigned: true, isBigEndian: true) ^ new BigInteger(right.Span, isUnsigned: true, isBigEndian: true);
}
