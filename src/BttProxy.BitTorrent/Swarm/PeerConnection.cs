using System.Buffers;
using System.Threading.Channels;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Wire;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The bytes of one connection after the handshake: one loop receives, one sends. Any stream may carry it.</summary>
internal sealed partial class PeerConnection : IAsyncDisposable
{
    private const int FirstBufferLength = 32 * 1024;

    // Loopback: receives of 256 KiB cost half the processor time of 16 KiB ones.
    private const int MaxBufferLength = 256 * 1024;
    private const int UploadBatch = 16;

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Stream _stream;
    private readonly PeerSession _peer;
    private readonly TorrentState _torrent;
    private readonly PeerProtocol _protocol;
    private readonly CancellationTokenSource _ended = new();
    private readonly List<BlockRequest> _uploads = new(UploadBatch);
    private readonly MessageWriter _hashAnswer = new();
    private MessageWriter _spare = new();
    private HashRequest? _hashRequest;

    public PeerConnection(Stream stream, PeerSession peer, TorrentState torrent, PeerProtocol protocol)
    {
        _stream = stream;
        _peer = peer;
        _torrent = torrent;
        _protocol = protocol;
        peer.Wake = () => _wake.Writer.TryWrite(true);
        peer.Abort = stream.Dispose;
    }

    /// <summary>Runs until the connection ends for any reason; never throws for what a peer or the network does.</summary>
    public async Task<DropReason> RunAsync()
    {
        var sending = SendAsync();
        End(await ReceiveAsync());
        _wake.Writer.TryComplete();
        await _ended.CancelAsync();
        await sending;
        return _peer.Dropped;
    }

    public ValueTask DisposeAsync()
    {
        _ended.Dispose();
        return _stream.DisposeAsync();
    }

    private async Task<DropReason> ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferLength);
        var filled = 0;
        try
        {
            while (true)
            {
                var read = await _stream.ReadAsync(buffer.AsMemory(filled), CancellationToken.None);
                if (read == 0)
                {
                    return DropReason.Closed;
                }
                filled += read;
                var isFull = filled == buffer.Length;
                DropReason reason;
                int consumed;
                lock (_torrent.Gate)
                {
                    reason = _protocol.Process(_peer, buffer.AsSpan(0, filled), out consumed);
                }
                if (reason != DropReason.None)
                {
                    return reason;
                }
                filled -= consumed;
                buffer = Compact(buffer, consumed, filled, isFull);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return DropReason.Closed;
        }
        catch (Exception exception)
        {
            // Whatever a peer found that we did not think of costs it this connection, and nobody else anything.
            LogReceiveFailed(_torrent.Context.Logger, exception);
            return DropReason.InternalError;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves the unfinished frame to the front, into a larger buffer when the peer sends more than fits.</summary>
    private static byte[] Compact(byte[] buffer, int consumed, int left, bool isFull)
    {
        if (isFull && buffer.Length < MaxBufferLength)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(MaxBufferLength, buffer.Length * 4));
            buffer.AsSpan(consumed, left).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            return larger;
        }
        if (consumed > 0 && left > 0)
        {
            buffer.AsSpan(consumed, left).CopyTo(buffer);
        }
        return buffer;
    }

    private async Task SendAsync()
    {
        try
        {
            while (await _wake.Reader.WaitToReadAsync(CancellationToken.None))
            {
                _wake.Reader.TryRead(out _);
                while (TryTakeBatch(out var messages))
                {
                    if (messages.Length > 0)
                    {
                        await _stream.WriteAsync(messages.Written, CancellationToken.None);
                        messages.Clear();
                    }
                    if (_uploads.Count > 0)
                    {
                        await SendBlocksAsync();
                    }
                    if (_hashRequest is { } request)
                    {
                        await SendHashesAsync(request);
                    }
                }
            }
        }
        catch (Exception exception)
            when (exception is IOException or ObjectDisposedException or TorrentStorageException or OperationCanceledException)
        {
            End(DropReason.Closed);
        }
        catch (Exception exception)
        {
            LogSendFailed(_torrent.Context.Logger, exception);
            End(DropReason.InternalError);
        }
    }

    private void End(DropReason reason)
    {
        lock (_torrent.Gate)
        {
            _peer.Drop(reason);
        }
    }

    private bool TryTakeBatch(out MessageWriter messages)
    {
        lock (_torrent.Gate)
        {
            messages = _peer.Output;
            _peer.Output = _spare;
            _spare = messages;
            _uploads.Clear();
            // Hashes first: what they verify is of no use before, and libtorrent 2.0.8 fails now and then when pieces overtake them.
            _hashRequest = _peer.HashUploads.TryDequeue(out var hashes) ? hashes : null;
            var bytes = 0;
            // What is over the ratio is refused with the next tick, which chokes the peer.
            var mayGive = _hashRequest is null && !_torrent.HasGivenEnough;
            while (mayGive && _uploads.Count < UploadBatch && bytes < _torrent.Context.UploadLimit.BatchBytes
                && _peer.Uploads.TryDequeue(out var request))
            {
                _uploads.Add(request);
                bytes += request.Length;
            }
            var any = messages.Length > 0 || _uploads.Count > 0 || _hashRequest is not null;
            _peer.SendingSince = any ? _torrent.Now : null;
            if (any)
            {
                _peer.LastSentAt = _torrent.Now;
            }
            return any;
        }
    }

    private async Task SendHashesAsync(HashRequest request)
    {
        var hashes = await _torrent.HashUpload.ProveAsync(request);
        _hashAnswer.Clear();
        _hashAnswer.Write(hashes is null ? PeerMessageId.HashReject : PeerMessageId.Hashes, request, hashes);
        await _stream.WriteAsync(_hashAnswer.Written, CancellationToken.None);
    }

    private async Task SendBlocksAsync()
    {
        const int HeadLength = 13;
        var length = _uploads.Sum(upload => HeadLength + upload.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var (filled, sent) = (0, 0);
            foreach (var upload in _uploads)
            {
                var offset = ((long)upload.Piece * _torrent.Info!.PieceLength) + upload.Begin;
                var block = buffer.AsMemory(filled + HeadLength, upload.Length);
                // What lies beyond the content is padding.
                var content = (int)Math.Clamp(_torrent.Info.Length - offset, 0, upload.Length);
                block.Span[content..].Clear();
                if (content > 0 && await _torrent.Store!.ReadAsync(offset, block[..content], CancellationToken.None) < content)
                {
                    Refuse(upload);
                    continue;
                }
                filled += MessageWriter.WritePieceHead(buffer.AsSpan(filled), upload) + upload.Length;
                sent += upload.Length;
            }
            if (sent == 0)
            {
                return;
            }
            await WaitForTurnAsync(filled);
            await _stream.WriteAsync(buffer.AsMemory(0, filled), CancellationToken.None);
            lock (_torrent.Gate)
            {
                _peer.Upload.Add(sent, _torrent.Now);
                _peer.LastUsefulAt = _torrent.Now;
                _peer.RefusedRequests = 0;
                _torrent.UploadRate.Add(sent, _torrent.Now);
            }
            _torrent.Context.Metrics.Sent(sent);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WaitForTurnAsync(int bytes)
    {
        var limit = _torrent.Context.UploadLimit;
        if (!limit.IsLimited)
        {
            return;
        }
        SetSendingSince(null);
        await limit.WaitAsync(bytes, _ended.Token);
        SetSendingSince(_torrent.Now);
    }

    /// <summary>While we hold back ourselves, the peer is not too slow.</summary>
    private void SetSendingSince(long? since)
    {
        lock (_torrent.Gate)
        {
            _peer.SendingSince = since;
        }
    }

    /// <summary>The piece was given up since we promised it; without BEP 6 the peer has to find that out by waiting.</summary>
    private void Refuse(BlockRequest request)
    {
        if (_peer.SupportsFast)
        {
            lock (_torrent.Gate)
            {
                _peer.Output.Write(PeerMessageId.RejectRequest, request);
                _peer.Wake();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Something could not be sent to a peer; its connection was closed")]
    private static partial void LogSendFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message of a peer could not be handled; its connection was closed")]
    private static partial void LogReceiveFailed(ILogger logger, Exception exception);
}
