using System.Threading.Channels;
using BttProxy.BitTorrent.Storage;

namespace BttProxy.Client.Fetching;

/// <summary>
/// Hashes and stores complete pieces on a task of its own, so that the receive loop never waits for SHA-1 or the disk unless a
/// whole queue of pieces is behind.
/// </summary>
internal sealed class PieceVerifier : IAsyncDisposable
{
    /// <summary>Memory that waits for the hash or the disk.</summary>
    private const int QueueBytes = 32 << 20;

    private readonly PieceStore _store;
    private readonly Action<PieceBuffer, bool> _checked;
    private readonly Channel<PieceBuffer> _queue;
    private readonly Task _worker;

    /// <param name="store">Where good pieces go.</param>
    /// <param name="checkedPiece">Told each verdict, before a good piece is written; it does not keep the buffer.</param>
    /// <param name="stopping">Ends the work at once.</param>
    public PieceVerifier(PieceStore store, Action<PieceBuffer, bool> checkedPiece, CancellationToken stopping)
    {
        _store = store;
        _checked = checkedPiece;
        var capacity = Math.Clamp(QueueBytes / store.Info.PieceLength, 2, 256);
        _queue = Channel.CreateBounded<PieceBuffer>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _worker = Task.Run(() => WorkAsync(stopping), CancellationToken.None);
    }

    /// <summary>Completes when the queue is empty after <see cref="Complete"/>, or fails as the disk failed.</summary>
    public Task Completion => _worker;

    public ValueTask AddAsync(PieceBuffer piece) => _queue.Writer.WriteAsync(piece, CancellationToken.None);

    public void Complete() => _queue.Writer.TryComplete();

    public async ValueTask DisposeAsync()
    {
        Complete();
        await _worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_queue.Reader.TryRead(out var piece))
        {
            piece.Dispose();
        }
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var piece in _queue.Reader.ReadAllAsync(stopping))
            {
                using (piece)
                {
                    var isGood = _store.Info.VerifyPiece(piece.Index, piece.Content.Span);
                    _checked(piece, isGood);
                    if (isGood)
                    {
                        await _store.WritePieceAsync(piece.Index, piece.Content, stopping);
                    }
                }
            }
        }
        catch (Exception failure)
        {
            // Senders that wait for room learn of it too.
            _queue.Writer.TryComplete(failure);
            throw;
        }
    }
}
