using System.Buffers.Binary;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class HashMessageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RandomHashMessages_NeverThrowAndNeverGrowWithoutBound(bool isSeed)
    {
        await using var torrent = await HashTorrent.CreateAsync(9);
        var info = isSeed ? torrent.Info : torrent.WithoutHashes();
        var state = await torrent.OpenAsync(info, isSeed);
        var protocol = new PeerProtocol(state);
        var random = new Random(20261127);
        InfoHashV2[] roots = [.. info.Files.Where(file => !file.IsPadding).Select(file => new InfoHashV2(file.PiecesRoot.Span)), InfoHashV2.Compute("?"u8)];
        PeerMessageId[] ids = [PeerMessageId.HashRequest, PeerMessageId.Hashes, PeerMessageId.HashReject];
        var peer = Connect(info);
        for (var round = 0; round < 20_000; round++)
        {
            var frame = Frame(random, ids[random.Next(ids.Length)], roots[random.Next(roots.Length)]);
            if (protocol.Process(peer, frame, out _) != DropReason.None)
            {
                state.Hashes.OnDisconnected(peer);
                peer = Connect(info);
            }
            Assert.InRange(peer.HashUploads.Count, 0, HashUpload.MaxQueue);
            if (round % 8 == 0 && peer.HashUploads.TryDequeue(out var request))
            {
                var answer = await state.HashUpload.ProveAsync(request);
                Assert.True(answer is null || HashTorrent.Proves(request, answer) || request.ProofLayers < 5);
                Assert.InRange(answer?.Length ?? 0, 0, (HashRequest.MaxLength + 40) * 32);
            }
            peer.Output.Clear();
        }
        Assert.Equal(isSeed, info.HasAllHashes);
        await state.Store!.DisposeAsync();
    }

    private static PeerSession Connect(TorrentInfo info)
    {
        var handshake = new Handshake(info.InfoHash, PeerId.Create(), SupportsExtensions: true, SupportsFast: true);
        var peer = new PeerSession(SwarmFixtures.Peer().EndPoint, handshake, isIncoming: true, maxRequests: 500, now: 0);
        peer.SetAllPieces(all: true, info.PieceCount);
        return peer;
    }

    private static byte[] Frame(Random random, PeerMessageId id, InfoHashV2 root)
    {
        var length = 1 << random.Next(6);
        var request = new HashRequest(root, random.Next(3), random.Next(4) * length, length, random.Next(6));
        var hashes = id != PeerMessageId.Hashes ? [] : new byte[random.Next(3) switch { 0 => 0, 1 => random.Next(2000), _ => (length + request.ProofLength) * 32 }];
        random.NextBytes(hashes);
        var writer = new MessageWriter();
        writer.Write(id, request, hashes);
        var frame = writer.Written.ToArray();
        if (random.Next(20) == 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5 + InfoHashV2.Length + (4 * random.Next(4))), random.Next(int.MinValue, int.MaxValue));
        }
        return frame;
    }
}
