using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

/// <summary>The state of a torrent whose metadata is known, with an empty store, a clock that stands still and no network.</summary>
internal sealed class OpenTorrent : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackgroundTasks _tasks = new();

    private OpenTorrent(TorrentInfo info, Func<SwarmOptions, SwarmOptions>? configure)
    {
        var options = new SwarmOptions { Directory = _folder.Path, ConnectGuard = new ConnectGuard(new ConnectGuardOptions()) };
        State = new TorrentState(
            info.InfoHash,
            new SwarmContext(configure?.Invoke(options) ?? options, Time, NullLogger.Instance, new SwarmMetrics(factory: null), _tasks));
    }

    public TorrentState State { get; }

    public FakeTimeProvider Time { get; } = new();

    public static async Task<OpenTorrent> CreateAsync(TorrentInfo info, Func<SwarmOptions, SwarmOptions>? configure = null)
    {
        var torrent = new OpenTorrent(info, configure);
        var options = new PieceStoreOptions { Directory = torrent._folder.Path };
        torrent.State.Open(info, await PieceStore.OpenAsync(info, options, TestContext.Current.CancellationToken));
        return torrent;
    }

    public async ValueTask DisposeAsync()
    {
        await State.Store!.DisposeAsync();
        await _tasks.DisposeAsync();
        _folder.Dispose();
    }
}
