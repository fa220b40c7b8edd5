using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class MetadataDownloadTests
{
    private readonly byte[] _metadata = new byte[40_000];
    private readonly MetadataDownload _download;

    public MetadataDownloadTests()
    {
        new Random(3).NextBytes(_metadata);
        _download = new MetadataDownload(metadata => metadata.AsSpan().SequenceEqual(_metadata), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public void BlocksOfSeveralPeers_MakeTheWhole()
    {
        var (one, two) = (Peer(), Peer());
        _download.Fill(one, 0);
        _download.Fill(two, 2000);
        Assert.Null(Give(one, 0));
        Assert.Null(Give(two, 1));
        Assert.Equal(_metadata, Give(two, 2));
    }

    [Fact]
    public void WrongBytesOfOneSource_AreBlamedOnIt()
    {
        var liar = Peer();
        _download.Fill(liar, 0);
        var blame = DropReason.None;
        for (var i = 0; i < 3; i++)
        {
            _download.OnData(liar, Data(i), new byte[Size(i)], 0, out blame);
        }
        Assert.Equal(DropReason.BadMetadata, blame);
    }

    [Fact]
    public void WrongBytesAmongSeveralSources_AreFetchedAgainFromOne()
    {
        var (liar, honest) = (Peer(), Peer());
        _download.Fill(liar, 0);
        _download.Fill(honest, 2000);
        _download.OnData(liar, Data(0), new byte[Size(0)], 0, out _);
        Give(honest, 1);
        Assert.Null(Give(honest, 2));

        _download.OnDisconnected(liar);
        _download.Fill(honest, 3000);
        Give(honest, 0);
        Give(honest, 1);
        Assert.Equal(_metadata, Give(honest, 2));
    }

    [Fact]
    public void PeerThatRejects_IsAskedLessAndLessAndThenNoMore()
    {
        var peer = Peer();
        var asked = 0;
        for (var now = 0; now < 60_000; now += 100)
        {
            var before = peer.Output.Length;
            _download.Fill(peer, now);
            if (peer.Output.Length > before)
            {
                asked++;
                _download.OnReject(peer, now);
            }
        }
        Assert.Equal(3, asked);
    }

    [Fact]
    public void DataNobodyAskedFor_IsIgnored()
    {
        var (asked, stranger) = (Peer(), Peer());
        _download.Fill(asked, 0);
        Assert.Null(Give(stranger, 0));
        Assert.Null(_download.OnData(asked, Data(0) with { TotalSize = 1 }, new byte[Size(0)], 0, out _));
        Assert.Null(_download.OnData(asked, Data(400), new byte[Size(0)], 0, out _));
    }

    [Fact]
    public void PeersThatHoldBackTheirLastBlock_KeepNoMoreMemoryThanAllowed()
    {
        const int Size = 8 * 1024 * 1024;
        var block = new byte[MetadataMessage.BlockLength];
        var now = 0L;
        for (var liar = 0; liar < 10; liar++)
        {
            var size = Size - (liar * MetadataMessage.BlockLength);
            var peer = Peer(size);
            for (var i = 0; i < (size / block.Length) - 1; i++)
            {
                _download.Fill(peer, ++now);
                _download.OnData(peer, new MetadataMessage(MetadataMessageType.Data, i, size, 0), block, now, out _);
                Assert.InRange(_download.Bytes, 0, (4 * Size) + block.Length);
            }
        }
        var honest = Peer();
        _download.Fill(honest, ++now);
        Give(honest, 0);
        Give(honest, 1);
        Assert.Equal(_metadata, Give(honest, 2));
        Assert.Equal(0, _download.Bytes);
    }

    [Fact]
    public void DictionaryWhosePeersLeft_IsForgotten()
    {
        var (one, two) = (Peer(), Peer());
        _download.Fill(one, 0);
        _download.Fill(two, 2000);
        Give(one, 0);
        _download.OnDisconnected(one);
        Assert.Equal(MetadataMessage.BlockLength, _download.Bytes);
        _download.OnDisconnected(two);
        Assert.Equal(0, _download.Bytes);
    }

    private PeerSession Peer() => Peer(_metadata.Length);

    private static PeerSession Peer(int size)
    {
        var peer = SwarmFixtures.Peer();
        peer.MetadataId = 2;
        peer.MetadataSize = size;
        return peer;
    }

    private byte[]? Give(PeerSession peer, int block) =>
        _download.OnData(peer, Data(block), _metadata.AsSpan(block * MetadataMessage.BlockLength, Size(block)), 0, out _);

    private MetadataMessage Data(int block) => new(MetadataMessageType.Data, block, _metadata.Length, 0);

    private int Size(int block) =>
        Math.Clamp(_metadata.Length - (block * MetadataMessage.BlockLength), 0, MetadataMessage.BlockLength);
}
