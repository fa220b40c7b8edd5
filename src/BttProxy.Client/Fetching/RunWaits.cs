using BttProxy.Client.Wallets;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Fetching;

/// <summary>What a download waits for on chain: told once as an event, and readable at any time.</summary>
internal sealed class RunWaits(Action<DownloadEventKind, RelayId?, string> report) : IProgress<ChainWait>
{
    private ChainWait? _current;

    public string? Current => Volatile.Read(ref _current)?.ToString();

    public void Report(ChainWait value)
    {
        if (Interlocked.Exchange(ref _current, value)?.What != value.What)
        {
            report(DownloadEventKind.Waiting, null, $"{value}. Interrupting loses nothing: the next run goes on with it.");
        }
    }

    public void Clear() => Volatile.Write(ref _current, null);
}
