using System.Numerics;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class HashUploadTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(600)]
    public async Task EveryPossibleRequest_IsAnsweredWithAProof(int pieces)
    {
        await using var torrent = await HashTorrent.CreateAsync(pieces);
        var state = await torrent.OpenAsync(torrent.Info, isComplete: true);
        var root = new InfoHashV2(torrent.Info.Files[0].PiecesRoot.Span);
        var height = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)pieces)) + 1;
        foreach (var level in new[] { 0, 1 })
        {
            var width = 1 << (height - level);
            for (var length = 1; length <= Math.Min(width, HashRequest.MaxLength); length *= 2)
            {
                for (var index = 0; index < width; index += Math.Max(length, width / 9 / length * length))
                {
                    var request = new HashRequest(root, level, index, length, height - level - 1);
                    var answer = await state.HashUpload.ProveAsync(request);
                    Assert.True(HashTorrent.Proves(request, answer), request.ToString());
                }
            }
        }
        await state.Store!.DisposeAsync();
    }

    [Fact]
    public async Task RequestThatCannotBe_IsRefused()
    {
        await using var torrent = await HashTorrent.CreateAsync(5);
        var state = await torrent.OpenAsync(torrent.Info, isComplete: true);
        var large = new InfoHashV2(torrent.Info.Files[0].PiecesRoot.Span);
        var small = new InfoHashV2(torrent.Info.Files[^1].PiecesRoot.Span);
        HashRequest[] impossible =
        [
            new(InfoHashV2.Compute("other"u8), 1, 0, 2, 0), new(large, 2, 0, 2, 0), new(large, 5, 0, 1, 0), new(large, 1, 8, 2, 0),
            new(large, 1, 0, 16, 0), new(large, 1, 0, 8, 3), new(large, 0, 0, 16, 4), new(large, 0, 0, 4096, 0), new(large, 0, 1 << 30, 1, 0),
            new(small, 0, 0, 1, 0), new(small, 0, 0, 2, 0), new(small, 1, 0, 2, 0),
        ];
        foreach (var request in impossible)
        {
            Assert.Null(await state.HashUpload.ProveAsync(request));
        }
        await state.Store!.DisposeAsync();
    }

    [Fact]
    public async Task WhatIsNotHere_IsRefused()
    {
        await using var torrent = await HashTorrent.CreateAsync(5);
        var root = new InfoHashV2(torrent.Info.Files[0].PiecesRoot.Span);
        var withoutContent = await torrent.OpenAsync(torrent.Info, isComplete: false);
        Assert.NotNull(await withoutContent.HashUpload.ProveAsync(new HashRequest(root, 1, 0, 2, 2)));
        Assert.Null(await withoutContent.HashUpload.ProveAsync(new HashRequest(root, 0, 0, 2, 3)));
        await withoutContent.Store!.DisposeAsync();

        var withoutHashes = await torrent.OpenAsync(torrent.WithoutHashes(), isComplete: false);
        Assert.Null(await withoutHashes.HashUpload.ProveAsync(new HashRequest(root, 1, 0, 2, 2)));
        await withoutHashes.Store!.DisposeAsync();
    }

    [Fact]
    public async Task PeerThatAsksWithoutEnd_IsRefusedInTheEnd()
    {
        await using var torrent = await HashTorrent.CreateAsync(5);
        var state = await torrent.OpenAsync(torrent.Info, isComplete: true);
        var root = new InfoHashV2(torrent.Info.Files[0].PiecesRoot.Span);
        Assert.Equal(HashUpload.MaxQueue, Accepted(SwarmFixtures.Peer(), new HashRequest(root, 1, 0, 2, 2), mayWait: true));
        Assert.Equal(64 + 4, Accepted(SwarmFixtures.Peer(), new HashRequest(root, 1, 0, 2, 2), mayWait: false));
        Assert.Equal(HashUpload.MaxLeafRequests, Accepted(SwarmFixtures.Peer(), new HashRequest(root, 0, 0, 2, 3), mayWait: false));
        await state.Store!.DisposeAsync();

        int Accepted(PeerSession peer, HashRequest request, bool mayWait)
        {
            var accepted = 0;
            for (var i = 0; i < 10_000; i++)
            {
                accepted += state.HashUpload.TryEnqueue(peer, request) ? 1 : 0;
                if (!mayWait)
                {
                    peer.HashUploads.Clear();
                }
            }
            return accepted;
        }
    }

    [Fact]
    public async Task LeavesForSeveralPeersAtOnce_AreHashedForOneOfThem()
    {
        await using var torrent = await HashTorrent.CreateAsync(5);
        var state = await torrent.OpenAsync(torrent.Info, isComplete: true);
        var request = new HashRequest(new InfoHashV2(torrent.Info.Files[0].PiecesRoot.Span), 0, 0, 2, 3);
        Assert.True(torrent.Context.LeafHashing.TryTake());
        Assert.Null(await state.HashUpload.ProveAsync(request));
        torrent.Context.LeafHashing.Return();
        Assert.NotNull(await state.HashUpload.ProveAsync(request));
        Assert.NotNull(await state.HashUpload.ProveAsync(request));
        await state.Store!.DisposeAsync();
    }
}
