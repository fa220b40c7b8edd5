using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.WebSeeds;
using BttProxy.BitTorrent.Wire;
using BttProxy.UnitTests.BitTorrent.Metainfo;
using BttProxy.UnitTests.BitTorrent.Swarm;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.WebSeeds;

public sealed class BlockRunTests
{
    private const int BlockLength = BlockRequest.BlockLength;
    private const int BlocksOfPiece = SwarmFixtures.PieceLength / BlockLength;

    [Fact]
    public void Neighbours_GoTogether_AcrossPieces()
    {
        var queue = new Queue<BlockRequest>([Block(2), Block(3), Block(4), Block(9), Block(10)]);
        var info = SwarmFixtures.Info(8);
        var (first, second) = (BlockRun.Take(queue, info)!, BlockRun.Take(queue, info)!);
        Assert.Equal((2L * BlockLength, 3 * BlockLength), (first.Offset, first.Length));
        Assert.Equal((9L * BlockLength, 2 * BlockLength), (second.Offset, second.Length));
        Assert.Null(BlockRun.Take(queue, info));
    }

    [Fact]
    public void Run_IsBounded()
    {
        var queue = new Queue<BlockRequest>(Enumerable.Range(0, 1000).Select(Block));
        var run = BlockRun.Take(queue, SwarmFixtures.Info(250))!;
        Assert.Equal(BlockRun.MaxLength, run.Length);
        Assert.Equal(1000 - (BlockRun.MaxLength / BlockLength), queue.Count);
    }

    /// <summary>However the bytes come, each block is handed over once, whole and in order.</summary>
    [Fact]
    public void BytesCutAnywhere_GiveTheBlocks() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, BlockLength], Gen.Int[1, 60_000].List[1, 20]).Sample((count, last, cuts) =>
        {
            var queue = new Queue<BlockRequest>(Enumerable.Range(0, count).Select(Block).Append(Block(count) with { Length = last }));
            var run = BlockRun.Take(queue, SwarmFixtures.Info(8))!;
            var content = new byte[run.Length];
            new Random(count).NextBytes(content);
            var stream = new BlockStream(run, new byte[5 * BlockLength]);
            var (sent, taken) = (0, 0);
            for (var i = 0; sent < content.Length; i++)
            {
                var part = Math.Min(Math.Min(cuts[i % cuts.Count], content.Length - sent), stream.Room.Length);
                Assert.NotEqual(0, part);
                content.AsSpan(sent, part).CopyTo(stream.Room.Span);
                stream.Advance(part);
                sent += part;
                while (stream.TryTake(out var block, out var data))
                {
                    Assert.True(data.SequenceEqual(content.AsSpan((block.Piece * SwarmFixtures.PieceLength) + block.Begin, block.Length)));
                    taken++;
                }
            }
            Assert.Equal((count + 1, 0), (taken, stream.Left.Count()));
        });

    [Fact]
    public void Content_IsSplitByFile()
    {
        var info = new TorrentInfoBuilder().AddFile("a", 10).AddFile("empty", 0).AddFile("pad", 6, "p").AddFile("b", 20).Parse();
        Assert.Equal([("a", 3, 7), ("2", 0, 6), ("b", 0, 4)], Split(info, 3, 17));
        Assert.Equal([("b", 19, 1)], Split(info, 35, 1));
    }

    /// <summary>The parts follow each other and are as long as what was asked for.</summary>
    [Fact]
    public void AnyStretch_IsCovered() =>
        Gen.Select(Gen.Int[0, 3000].List[1, 30], Gen.Int[0, 100_000], Gen.Int[1, 100_000]).Sample((lengths, from, length) =>
        {
            var builder = new TorrentInfoBuilder();
            for (var i = 0; i < lengths.Count; i++)
            {
                builder.AddFile($"f{i}", lengths[i]);
            }
            var info = builder.AddFile("last", 1).Parse();
            from %= (int)info.Length;
            length = (int)Math.Min(length, info.Length - from);
            var position = (long)from;
            foreach (var part in ContentPart.Split(info, from, length))
            {
                Assert.Equal(position, part.File.Offset + part.Position);
                position += part.Length;
            }
            Assert.Equal(from + length, position);
        });

    private static BlockRequest Block(int number) => new(number / BlocksOfPiece, number % BlocksOfPiece * BlockLength, BlockLength);

    private static IEnumerable<(string Name, int From, int Length)> Split(TorrentInfo info, long offset, int length) =>
        ContentPart.Split(info, offset, length).Select(part => (part.File.Path[^1], (int)part.Position, part.Length));
}
