using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.UnitTests.BitTorrent.Metainfo;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class PieceRarityTests
{
    private const int Pieces = 12;

    [Fact]
    public void AnySequence_FindsAPieceThatIsAsRareAsAny() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, Pieces - 1], Gen.Int[0, (1 << Pieces) - 1]).Array[0, 200].Sample(steps =>
        {
            var info = SwarmFixtures.Info(Pieces);
            var rarity = new PieceRarity(Pieces);
            var listed = new HashSet<int>();
            var peers = new int[Pieces];
            foreach (var (action, piece, theirs) in steps)
            {
                switch (action)
                {
                    case 0:
                        rarity.Add(piece);
                        listed.Add(piece);
                        break;
                    case 1:
                        rarity.Remove(piece);
                        listed.Remove(piece);
                        break;
                    default:
                        var change = action == 2 && peers[piece] > 0 ? -1 : 1;
                        rarity.Change(piece, change);
                        peers[piece] += change;
                        break;
                }
                Assert.Equal(listed.Count, rarity.Count);
                Assert.All(Enumerable.Range(0, Pieces), index => Assert.Equal(listed.Contains(index), rarity.Contains(index)));

                var has = new Bitfield(Pieces);
                foreach (var index in Enumerable.Range(0, Pieces).Where(index => ((theirs >> index) & 1) == 1))
                {
                    has.Set(index);
                }
                var candidates = listed.Where(index => has[index]).ToArray();
                var found = rarity.Find(has, info);
                Assert.Equal(candidates.Length > 0, found is not null);
                if (found is { } best)
                {
                    Assert.Contains(best, candidates);
                    Assert.Equal(candidates.Min(index => peers[index]), peers[best]);
                }
            }
        });

    [Fact]
    public void PeerWithOnePieceOfALargeTorrent_GetsIt()
    {
        const int many = 20_000;
        var info = new TorrentInfoBuilder { SingleLength = many * 16L * 1024 }.WithPieces(new byte[many * 20]).Parse();
        var rarity = new PieceRarity(many);
        for (var piece = 0; piece < many; piece++)
        {
            rarity.Add(piece);
        }
        var has = new Bitfield(many);
        has.Set(7);
        Assert.Equal(7, rarity.Find(has, info));
    }
}
