using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class PeerSessionTests
{
    [Fact]
    public void PiecesToldBeforeTheMetadata_AreBelievedAfterIt()
    {
        var all = SwarmFixtures.Peer();
        Assert.True(all.SetAllPieces(all: true, pieceCount: null));
        Assert.True(all.LearnPieceCount(10));
        Assert.True(all.Have!.IsComplete);

        var some = SwarmFixtures.Peer();
        Assert.True(some.SetPieces([0x80, 0x40], pieceCount: null));
        some.AddPiece(5, pieceCount: null);
        Assert.True(some.LearnPieceCount(10));
        Assert.Equal(3, some.Have!.Count);
    }

    [Fact]
    public void PiecesToldAfterTheMetadata_CountToo()
    {
        var peer = SwarmFixtures.Peer();
        Assert.True(peer.LearnPieceCount(10));
        Assert.True(peer.SetAllPieces(all: true, pieceCount: 10));
        Assert.True(peer.Have!.IsComplete);
    }

    [Fact]
    public void ImpossiblePieces_AreRefused()
    {
        var spare = SwarmFixtures.Peer();
        spare.SetPieces([0xff, 0xff], pieceCount: null);
        Assert.False(spare.LearnPieceCount(10));

        var outside = SwarmFixtures.Peer();
        outside.AddPiece(10, pieceCount: null);
        Assert.False(outside.LearnPieceCount(10));

        Assert.False(SwarmFixtures.Peer().SetPieces(new byte[3], 10));
    }
}
