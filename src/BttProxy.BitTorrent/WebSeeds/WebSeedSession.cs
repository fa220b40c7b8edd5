using System.Buffers;
using System.Net;
using System.Threading.Channels;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.WebSeeds;

/// <summary>
/// A web seed as a peer of the torrent: it has every piece, lets us in at once, and is asked for blocks by the same rules as the others.
/// Its requests go out as HTTP ranges, as many blocks together as follow each other.
/// </summary>
internal sealed class WebSeedSession : IDisposable
{
    // One waits for the server while the other receives.
    private const int Workers = 2;
    private const int MaxRequests = 512;
    private const int BufferLength = 256 * 1024;

    // Where peers are known by their address a web seed is nobody: banning it bans no peer.
    private static readonly IPEndPoint Nowhere = new(IPAddress.Any, 0);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _ended = new();
    private readonly Queue<BlockRequest> _queue = new();
    private readonly TorrentState _torrent;
    private readonly WebSeedClient _client;
    private readonly WebSeedUrls _urls;
    private readonly Uri _seed;
    private readonly PeerSession _peer;

    public WebSeedSession(TorrentState torrent, WebSeedClient client, WebSeedUrls urls, Uri seed)
    {
        (_torrent, _client, _urls, _seed) = (torrent, client, urls, seed);
        var handshake = new Handshake(torrent.InfoHash, PeerId.Create(), SupportsExtensions: false, SupportsFast: true);
        var depth = Math.Min(MaxRequests, torrent.Context.Options.MaxRequestsPerPeer);
        _peer = new PeerSession(Nowhere, handshake, isIncoming: false, depth, torrent.Now) { IsWebSeed = true, IsChokingUs = false };
        _peer.Wake = () => _wake.Writer.TryWrite(true);
        // Whoever drops a peer holds the torrent's lock: nothing may run at once in its call.
        _peer.Abort = () => _ = _ended.CancelAsync();
    }

    /// <summary>Why it ended.</summary>
    public DropReason Dropped => _peer.Dropped;

    /// <summary>Content bytes that it sent.</summary>
    public long Received => _peer.Download.Total;

    public void Dispose() => _ended.Dispose();

    /// <summary>Runs until it is dropped or the server fails.</summary>
    /// <exception cref="WebSeedException">The server is of no use now, or never.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, cancellationToken);
        lock (_torrent.Gate)
        {
            if (_torrent.IsStopped)
            {
                return;
            }
            _peer.SetAllPieces(all: true, _torrent.Info!.PieceCount);
            _torrent.Peers.Add(_peer);
            _torrent.Download.UpdateInterest(_peer);
            _torrent.Download.Fill(_peer);
        }
        _torrent.Context.Metrics.PeerConnected();
        try
        {
            var workers = Enumerable.Range(0, Workers).Select(_ => WorkAsync(either.Token)).ToArray();
            try
            {
                await await Task.WhenAny(workers);
            }
            finally
            {
                await _ended.CancelAsync();
                await Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It was dropped.
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        lock (_torrent.Gate)
        {
            _peer.Drop(DropReason.Closed);
            _torrent.Peers.Remove(_peer);
            _torrent.Download.ReleaseAll(_peer, sendCancels: false);
            _torrent.Download.FillAll();
        }
        _torrent.Context.Metrics.PeerDropped(_peer.Dropped);
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            while (true)
            {
                await _wake.Reader.ReadAsync(cancellationToken);
                while (TakeRun() is { } run)
                {
                    await FetchAsync(run, buffer, cancellationToken);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private BlockRun? TakeRun()
    {
        lock (_torrent.Gate)
        {
            ReadRequests();
            while (_queue.TryPeek(out var block) && !IsOpen(block))
            {
                _queue.Dequeue();
            }
            var run = BlockRun.Take(_queue, _torrent.Info!);
            if (_queue.Count > 0)
            {
                _peer.Wake();
            }
            return run;
        }
    }

    /// <summary>Of what a peer is told, only the requests matter here; which of them were cancelled, the session knows itself.</summary>
    private void ReadRequests()
    {
        var written = _peer.Output.Written.Span;
        while (PeerFrame.TryRead(written, out var frame) == FrameStatus.Complete)
        {
            written = written[frame.Length..];
            if (frame.Id == PeerMessageId.Request && BlockRequest.TryRead(frame.Payload, out var block))
            {
                _queue.Enqueue(block);
            }
        }
        _peer.Output.Clear();
    }

    private bool IsOpen(BlockRequest block) => _peer.Requests.Contains(block.Piece, block.Begin / BlockRequest.BlockLength);

    private async Task FetchAsync(BlockRun run, byte[] buffer, CancellationToken cancellationToken)
    {
        var assembler = new BlockStream(run, buffer);
        foreach (var part in ContentPart.Split(_torrent.Info!, run.Offset, run.Length))
        {
            var isWanted = part.File.IsPadding ? FillWithZeros(part, assembler) : await FetchAsync(part, assembler, cancellationToken);
            if (!isWanted)
            {
                return;
            }
        }
    }

    private bool FillWithZeros(ContentPart part, BlockStream assembler)
    {
        var isWanted = true;
        for (var left = part.Length; left > 0 && isWanted; isWanted = Deliver(assembler))
        {
            var zeros = assembler.Room[..Math.Min(left, assembler.Room.Length)];
            zeros.Span.Clear();
            assembler.Advance(zeros.Length);
            left -= zeros.Length;
        }
        return isWanted;
    }

    /// <returns>False when nobody wants the rest of the run any more.</returns>
    private async Task<bool> FetchAsync(ContentPart part, BlockStream assembler, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await _client.OpenAsync(
                _urls.Locate(_seed, part.File), part.File.Length, part.Position, part.Length, cancellationToken);
            for (var left = part.Length; left > 0;)
            {
                var read = await body.ReadAsync(assembler.Room[..Math.Min(left, assembler.Room.Length)], cancellationToken);
                assembler.Advance(read);
                left -= read;
                if (left > 0 && !Deliver(assembler))
                {
                    return false;
                }
            }
            await body.EndAsync(cancellationToken);
            return Deliver(assembler);
        }
        catch (WebSeedException failure) when (failure.Fault == WebSeedFault.Missing)
        {
            if (!GiveUpFile(part))
            {
                throw;
            }
            return false;
        }
    }

    /// <summary>Hands over whole blocks.</summary>
    /// <returns>False when nobody wants the rest of the run any more.</returns>
    private bool Deliver(BlockStream assembler)
    {
        lock (_torrent.Gate)
        {
            var reason = DropReason.None;
            while (reason == DropReason.None && assembler.TryTake(out var block, out var data))
            {
                reason = _torrent.Download.Receive(_peer, block, data);
            }
            if (reason != DropReason.None)
            {
                _peer.Drop(reason);
            }
            _torrent.Download.Fill(_peer);
            return _peer.Dropped == DropReason.None && assembler.Left.Any(IsOpen);
        }
    }

    /// <returns>False when it has nothing else.</returns>
    private bool GiveUpFile(ContentPart part)
    {
        lock (_torrent.Gate)
        {
            var info = _torrent.Info!;
            var last = (part.File.Offset + part.File.Length - 1) / info.PieceLength;
            for (var piece = (int)(part.File.Offset / info.PieceLength); piece <= last; piece++)
            {
                _peer.Have!.Clear(piece);
            }
            _queue.Clear();
            _torrent.Download.ReleaseAll(_peer, sendCancels: false);
            _torrent.Download.FillAll();
            return _peer.Have!.Count > 0;
        }
    }
}
