using System.Net;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class HashDownloadTests : IAsyncLifetime
{
    private const int Pieces = 1200;

    private HashTorrent _torrent = null!;
    private TorrentInfo _info = null!;
    private TorrentState _state = null!;
    private TorrentState _seed = null!;

    public async ValueTask InitializeAsync()
    {
        _torrent = await HashTorrent.CreateAsync(Pieces);
        _info = _torrent.WithoutHashes();
        _state = await _torrent.OpenAsync(_info, isComplete: false);
        _seed = await _torrent.OpenAsync(_torrent.Info, isComplete: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _state.Store!.DisposeAsync();
        await _seed.Store!.DisposeAsync();
        await _torrent.DisposeAsync();
    }

    [Fact]
    public async Task Answers_MakePiecesVerifiable()
    {
        var completed = 0;
        _state.HashesComplete = () => completed++;
        var peer = Peer();
        _state.Hashes.Fill(peer);
        var requests = Requests(peer);
        Assert.Equal([0, 512, 1024], requests.Select(request => request.Index));
        foreach (var request in requests)
        {
            Assert.False(_info.CanVerify(request.Index));
            Assert.Equal(DropReason.None, _state.Hashes.OnHashes(peer, request, await _seed.HashUpload.ProveAsync(request)));
            Assert.True(_info.CanVerify(request.Index));
        }
        Assert.True(_info.HasAllHashes);
        Assert.Equal(1, completed);
        Assert.Equal(TorrentFile.Write(_torrent.Info), TorrentFile.Write(_info));
        _state.Hashes.Fill(peer);
        Assert.Empty(Requests(peer));
    }

    [Fact]
    public async Task WrongHashes_AreThePeersFault()
    {
        var peer = Peer();
        _state.Hashes.Fill(peer);
        var request = Requests(peer)[1];
        var answer = (await _seed.HashUpload.ProveAsync(request))!;
        answer[100] ^= 1;
        Assert.Equal(DropReason.BadHashes, _state.Hashes.OnHashes(peer, request, answer));
        _state.Hashes.OnDisconnected(peer);

        var other = Peer();
        _state.Hashes.Fill(other);
        var again = Requests(other)[1];
        Assert.Equal(request, again);
        Assert.Equal(DropReason.BadHashes, _state.Hashes.OnHashes(other, again, []));
        Assert.False(_info.CanVerify(600));
    }

    [Fact]
    public void PartThatAReaderWaitsFor_IsAskedForFirst()
    {
        var window = new ReadWindow(HashTorrent.PieceLength);
        window.Move(1100L * HashTorrent.PieceLength, 1150L * HashTorrent.PieceLength);
        _state.Schedule!.AddWindow(window);
        var peer = Peer();
        _state.Hashes.Fill(peer);
        Assert.Equal([1024, 0, 512], Requests(peer).Select(request => request.Index));
    }

    [Fact]
    public void PeerThatCannotHaveThem_IsNotAsked()
    {
        var version1 = new PeerSession(
            new IPEndPoint(IPAddress.Loopback, 1), new Handshake(default, PeerId.Create(), true, true), isIncoming: false, 500, now: 0);
        version1.SetAllPieces(all: true, _info.PieceCount);
        _state.Hashes.Fill(version1);
        Assert.Empty(Requests(version1));

        var beginner = Peer(all: false);
        _state.Hashes.Fill(beginner);
        Assert.Empty(Requests(beginner));
        beginner.AddPiece(700, _info.PieceCount);
        _state.Hashes.Fill(beginner);
        Assert.Equal(512, Assert.Single(Requests(beginner)).Index);
    }

    [Fact]
    public void PeerThatRejectsOrIsSilent_IsAskedLessAndLessAndThenNoMore()
    {
        var (rejects, silent) = (Peer(), Peer());
        var asked = new Dictionary<PeerSession, int> { [rejects] = 0, [silent] = 0 };
        for (var i = 0; i < 600; i++)
        {
            foreach (var peer in asked.Keys)
            {
                _state.Hashes.Expire(peer);
                _state.Hashes.Fill(peer);
                var requests = Requests(peer);
                asked[peer] += requests.Count > 0 ? 1 : 0;
                foreach (var request in requests.Where(_ => peer == rejects))
                {
                    _state.Hashes.OnReject(peer, request);
                }
            }
            _torrent.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }
        Assert.All(asked.Values, count => Assert.InRange(count, 1, 3));
    }

    [Fact]
    public void PeerThatLeaves_FreesWhatItWasAskedFor()
    {
        var (first, second) = (Peer(), Peer());
        _state.Hashes.Fill(first);
        Assert.Equal(3, Requests(first).Count);
        _state.Hashes.Fill(second);
        Assert.Empty(Requests(second));
        _state.Hashes.OnDisconnected(first);
        _state.Hashes.Fill(second);
        Assert.Equal(3, Requests(second).Count);
    }

    [Fact]
    public void HashesNobodyAskedFor_EndTheConnectionInTheEnd()
    {
        var peer = Peer();
        var request = new HashRequest(default, 1, 0, 512, 10);
        for (var i = 0; i < 16; i++)
        {
            Assert.Equal(DropReason.None, _state.Hashes.OnHashes(peer, request, new byte[512 * 32]));
        }
        Assert.Equal(DropReason.UnrequestedData, _state.Hashes.OnHashes(peer, request, new byte[512 * 32]));
    }

    private PeerSession Peer(bool all = true)
    {
        var peer = new PeerSession(
            new IPEndPoint(IPAddress.Loopback, 1), new Handshake(_info.InfoHash, PeerId.Create(), true, true), isIncoming: false, 500, now: 0);
        peer.SetAllPieces(all, _info.PieceCount);
        return peer;
    }

    /// <summary>The hash requests in the peer's output, which is emptied.</summary>
    private static List<HashRequest> Requests(PeerSession peer)
    {
        var requests = new List<HashRequest>();
        var output = peer.Output.Written.Span;
        while (PeerFrame.TryRead(output, out var frame) == FrameStatus.Complete)
        {
            if (frame.Id == PeerMessageId.HashRequest && HashRequest.TryRead(frame.Payload, out var request))
            {
                requests.Add(request);
            }
            output = output[frame.Length..];
        }
        peer.Output.Clear();
        return requests;
    }
}
