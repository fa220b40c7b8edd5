using System.Net;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

/// <summary>Who gets a place when there is none (BEP 40).</summary>
public sealed class TorrentPeersTests : IAsyncLifetime
{
    private const int Places = 3;

    private readonly TorrentInfo _info = SwarmFixtures.Info(8);
    private readonly List<Task> _connections = [];
    private OpenTorrent _torrent = null!;
    private TorrentPeers _peers = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _torrent = await OpenTorrent.CreateAsync(
            _info, options => options with { MaxPeersPerTorrent = Places, Listen = IPEndPoint.Parse("8.8.8.8:6881") });
        _peers = new TorrentPeers(_torrent.State);
    }

    public async ValueTask DisposeAsync()
    {
        _peers.Stop();
        await Task.WhenAll(_connections);
        await _torrent.DisposeAsync();
    }

    [Fact]
    public async Task BetterPeer_TakesThePlaceOfTheWorstThatIsIdle()
    {
        var byPriority = await FillAsync();
        _torrent.Time.Advance(TimeSpan.FromSeconds(11));
        await AcceptAsync(byPriority[^1]);
        Assert.Equal(byPriority[1..], Connected());
    }

    [Fact]
    public async Task PeerThatWasOfUseJustNow_KeepsItsPlace()
    {
        var byPriority = await FillAsync();
        _torrent.Time.Advance(TimeSpan.FromSeconds(11));
        _torrent.State.Peers.Single(peer => peer.EndPoint.Equals(byPriority[0])).LastUsefulAt = _torrent.State.Now;
        await AcceptAsync(byPriority[^1]);
        Assert.Equal([byPriority[0], .. byPriority[2..]], Connected());
    }

    [Fact]
    public async Task WorsePeer_IsTurnedAway()
    {
        var byPriority = Candidates();
        foreach (var endPoint in byPriority[1..])
        {
            await AcceptAsync(endPoint);
        }
        _torrent.Time.Advance(TimeSpan.FromSeconds(11));
        await AcceptAsync(byPriority[0]);
        Assert.Equal(byPriority[1..], Connected());
    }

    [Fact]
    public async Task FreshPeers_AreNotReplaced()
    {
        var byPriority = await FillAsync();
        _torrent.Time.Advance(TimeSpan.FromSeconds(5));
        await AcceptAsync(byPriority[^1]);
        Assert.Equal(byPriority[..^1], Connected());
    }

    /// <summary>One more than there are places, the worst first.</summary>
    private IPEndPoint[] Candidates() => [.. Enumerable.Range(1, Places + 1).Select(i => new IPEndPoint(new IPAddress([9, (byte)(i * 16), 1, 1]), 6881))
        .OrderBy(_torrent.State.Context.PriorityOf)];

    private async Task<IPEndPoint[]> FillAsync()
    {
        var byPriority = Candidates();
        foreach (var endPoint in byPriority[..^1])
        {
            await AcceptAsync(endPoint);
        }
        return byPriority;
    }

    /// <summary>Returns when the peer has a place or was turned away.</summary>
    private async Task AcceptAsync(IPEndPoint endPoint)
    {
        var handshake = new Handshake(_info.InfoHash, PeerId.Create(), SupportsExtensions: true, SupportsFast: true);
        var connection = _peers.AcceptAsync(new SilentStream(), endPoint, handshake, Cancel);
        _connections.Add(connection);
        while (!connection.IsCompleted && !Connected().Contains(endPoint))
        {
            await Task.Yield();
        }
    }

    private IPEndPoint[] Connected()
    {
        lock (_torrent.State.Gate)
        {
            return [.. _torrent.State.Peers.Where(peer => peer.Dropped == DropReason.None).Select(peer => peer.EndPoint)
                .OrderBy(_torrent.State.Context.PriorityOf)];
        }
    }

    /// <summary>A peer that takes everything and says nothing.</summary>
    private sealed class SilentStream : Stream
    {
        private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_end.Task);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _end.TrySetResult(0);
            base.Dispose(disposing);
        }
    }
}
