using System.Security.Cryptography;
using BttProxy.BitTorrent.Merkle;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Merkle;

public sealed class PieceLayerTests
{
    private const int PieceLength = 32 * 1024;

    private static readonly Gen<int> Counts = Gen.OneOf(Gen.Int[2, 40], Gen.Int[500, 530], Gen.Int[1000, 2100]);

    [Fact]
    public void WholeLayer_GivesTheProofsThatItsPartsNeed() => Gen.Select(Counts, Gen.Int).Sample((count, seed) =>
    {
        var hashes = Hashes(count, seed);
        var root = Root(hashes);
        var whole = Layer(root, count);
        Assert.True(whole.TryFill(hashes));
        Assert.True(whole.IsComplete);
        var parts = Layer(root, count);
        for (var part = 0; part < parts.PartCount; part++)
        {
            Assert.False(parts.IsPartKnown(part));
            var (own, proof) = Part(whole, part);
            Assert.False(parts.TryAdd(part, own, Flip(proof, seed)) && proof.Length > 0);
            Assert.False(parts.TryAdd(part, Flip(own, seed), proof));
            Assert.True(parts.TryAdd(part, own, proof));
        }
        Assert.True(parts.IsComplete);
        Assert.Equal(hashes, parts.ToBytes());
    }, iter: 30);

    [Fact]
    public void Nodes_AreThoseOfTheWholeTree() => Gen.Select(Counts, Gen.Int).Sample((count, seed) =>
    {
        var hashes = Hashes(count, seed);
        var layer = Layer(Root(hashes), count);
        Assert.True(layer.TryFill(hashes));
        var level = Pad(hashes);
        Span<byte> node = stackalloc byte[32];
        for (var height = 0; height <= layer.Height; height++)
        {
            for (var i = 0; i < level.Count; i += Math.Max(1, level.Count / 7))
            {
                Assert.True(layer.TryGetNode(height, i, node));
                Assert.True(node.SequenceEqual(level[i]));
            }
            level = Parents(level);
        }
    }, iter: 20);

    [Fact]
    public void OneKnownPart_ProvesItselfOnly()
    {
        var hashes = Hashes(1500, 1);
        var root = Root(hashes);
        var whole = Layer(root, 1500);
        Assert.True(whole.TryFill(hashes));
        var layer = Layer(root, 1500);
        var (own, proof) = Part(whole, 1);
        Assert.True(layer.TryAdd(1, own, proof));

        Assert.True(layer.Find(511).IsEmpty);
        Assert.Equal(hashes.AsSpan(512 * 32, 32), layer.Find(512));
        var node = new byte[32];
        Assert.True(layer.TryGetNode(9, 0, node));
        Assert.True(layer.TryGetNode(10, 1, node));
        Assert.True(layer.TryGetNode(0, 600, node));
        Assert.False(layer.TryGetNode(0, 100, node));
        Assert.False(layer.TryGetNode(9, 2, node));
    }

    [Fact]
    public void LayerOfWrongSize_IsRefused()
    {
        var hashes = Hashes(5, 1);
        var layer = Layer(Root(hashes), 5);
        Assert.False(layer.TryFill(hashes.AsSpan(32)));
        Assert.False(layer.TryFill([]));
        Assert.False(layer.TryAdd(0, hashes, []));
        Assert.False(layer.TryAdd(0, [.. hashes, .. new byte[96]], []));
    }

    private static PieceLayer Layer(byte[] root, int count) => new(root, ((count - 1) * (long)PieceLength) + 1, PieceLength);

    private static byte[] Hashes(int count, int seed)
    {
        var hashes = new byte[count * 32];
        new Random(seed).NextBytes(hashes);
        return hashes;
    }

    private static (byte[] Own, byte[] Proof) Part(PieceLayer layer, int part)
    {
        var own = new byte[layer.PartWidth * 32];
        for (var i = 0; i < layer.PartWidth; i++)
        {
            Assert.True(layer.TryGetNode(0, (part * PieceLayer.PartLength) + i, own.AsSpan(i * 32)));
        }
        var partHeight = MerkleTree.Level(layer.PartWidth);
        var proof = new byte[(layer.Height - partHeight) * 32];
        for (var i = 0; i < layer.Height - partHeight; i++)
        {
            Assert.True(layer.TryGetNode(partHeight + i, (part >> i) ^ 1, proof.AsSpan(i * 32)));
        }
        return (own, proof);
    }

    private static byte[] Flip(byte[] bytes, int seed)
    {
        var flipped = (byte[])bytes.Clone();
        if (flipped.Length > 0)
        {
            flipped[(seed & int.MaxValue) % flipped.Length] ^= 1;
        }
        return flipped;
    }

    private static byte[] Root(byte[] hashes)
    {
        var level = Pad(hashes);
        while (level.Count > 1)
        {
            level = Parents(level);
        }
        return level[0];
    }

    private static List<byte[]> Pad(byte[] hashes)
    {
        // Two blocks in a piece: padding is the hash of two empty leaves.
        List<byte[]> level = [.. hashes.Chunk(32)];
        var padding = SHA256.HashData(new byte[64]);
        while (!System.Numerics.BitOperations.IsPow2(level.Count))
        {
            level.Add(padding);
        }
        return level;
    }

    private static List<byte[]> Parents(List<byte[]> level) =>
        [.. level.Chunk(2).Where(pair => pair.Length == 2).Select(pair => SHA256.HashData([.. pair[0], .. pair[1]]))];
}
