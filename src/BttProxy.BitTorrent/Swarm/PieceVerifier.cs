using System.Threading.Channels;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Hashes complete pieces and writes the good ones, away from the sockets. The queue is bounded by the memory that pieces are put
/// together in.
/// </summary>
internal sealed class PieceVerifier
{
    private readonly Channel<(PieceCompletion Completion, PieceAssembly Assembly)> _queue =
        Channel.CreateUnbounded<(PieceCompletion, PieceAssembly)>();

    private Task[] _workers = [];

    public void Start()
    {
        // One core hashes 1.8 GB/s, more than two cores receive.
        _workers = new Task[Math.Clamp(Environment.ProcessorCount / 2, 1, 4)];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = Task.Run(WorkAsync);
        }
    }

    public void Add(PieceCompletion completion, PieceAssembly assembly) => _queue.Writer.TryWrite((completion, assembly));

    /// <summary>Finishes what is queued.</summary>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return Task.WhenAll(_workers);
    }

    private async Task WorkAsync()
    {
        await foreach (var (completion, assembly) in _queue.Reader.ReadAllAsync())
        {
            try
            {
                await completion.FinishAsync(assembly);
            }
            catch (Exception exception)
            {
                // One torrent's trouble must not end the worker of all.
                completion.Abandon(assembly, exception);
            }
        }
    }
}
