using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class PeerSieveTests
{
    private readonly List<IPEndPoint> _passed = [];
    private readonly PeerSieve _sieve;

    public PeerSieveTests() => _sieve = new PeerSieve(new ConnectGuard(new ConnectGuardOptions()), _passed.Add);

    [Theory]
    [InlineData("10.0.0.1:6881")]
    [InlineData("127.0.0.1:6881")]
    [InlineData("100.64.0.1:6881")]
    [InlineData("169.254.169.254:80")]
    [InlineData("239.1.1.1:6881")]
    [InlineData("0.0.0.0:6881")]
    [InlineData("255.255.255.255:6881")]
    [InlineData("8.8.8.8:0")]
    [InlineData("8.8.8.8:25")]
    [InlineData("[::1]:6881")]
    [InlineData("[::ffff:10.0.0.1]:6881")]
    [InlineData("[64:ff9b::a00:1]:6881")]
    [InlineData("[fe80::1]:6881")]
    [InlineData("[ff02::1]:6881")]
    public void AddressThatNobodyMayDial_IsDropped(string peer)
    {
        Add(CompactAddresses.WritePeer(IPEndPoint.Parse(peer)));
        Assert.Empty(_passed);
    }

    [Fact]
    public void PeersOfBothFamilies_ArePassedOnce()
    {
        IPEndPoint[] peers = [IPEndPoint.Parse("8.8.8.8:6881"), IPEndPoint.Parse("[2606:4700::1111]:6881")];
        Add([.. peers.Select(CompactAddresses.WritePeer)]);
        Add([.. peers.Select(CompactAddresses.WritePeer)]);
        Assert.Equal(peers, _passed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(17)]
    [InlineData(19)]
    public void ValueOfAnotherLength_IsDropped(int length)
    {
        Add(new byte[length]);
        Assert.Empty(_passed);
    }

    [Fact]
    public void EndlessPeers_AreBounded()
    {
        for (var i = 0; i < DhtLimits.LookupPeers * 2; i++)
        {
            Add(CompactAddresses.WritePeer(DhtTestData.PublicPeer(i)));
        }
        Assert.Equal(DhtLimits.LookupPeers, _passed.Count);
    }

    private void Add(params byte[][] values)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteString("values"u8);
        writer.BeginList();
        writer.WriteInteger(7);
        foreach (var value in values)
        {
            writer.WriteString(value);
        }
        writer.End();
        writer.End();
        _sieve.Add((BencodeDictionary)Bencode.Parse(output.WrittenMemory));
    }
}
