using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Cache;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.UnitTests.BitTorrent.Metainfo;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Cache;

/// <summary>A piece cache on disk and torrents that are opened in it, without any peer.</summary>
internal sealed class CacheWorld : IAsyncDisposable
{
    public const int PieceLength = 64 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly BackgroundTasks _tasks = new();
    private readonly List<TorrentState> _open = [];

    public FakeTimeProvider Time { get; } = new();

    public PieceCache Cache { get; private set; } = null!;

    public string Folder => _folder.Path;

    public SwarmContext Context { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A torrent of random bytes, and those.</summary>
    public static (TorrentInfo Info, byte[] Content) Create(int seed, int pieces, int pieceLength = PieceLength)
    {
        var content = new byte[pieces * pieceLength];
        new Random(seed).NextBytes(content);
        return (new TorrentInfoBuilder { PieceLength = pieceLength, SingleLength = content.Length, Content = content }.Parse(), content);
    }

    /// <summary>Bytes that state and metadata of a torrent count for.</summary>
    public static long Overhead(TorrentInfo info) => info.RawBytes.Length + PieceStateFile.MaxLength(info.PieceCount);

    /// <summary>What a program that was just started does.</summary>
    public async Task StartAsync(long? total, long? perTorrent = null, bool? givesBackParts = null)
    {
        Cache = new PieceCache(Folder, new CacheBudget(total, perTorrent), Time, NullLogger.Instance, meterFactory: null);
        await Cache.LoadAsync(givesBackParts, Cancel);
        var options = new SwarmOptions { Directory = Folder, ConnectGuard = new ConnectGuard(new ConnectGuardOptions()) };
        Context = new SwarmContext(options, Time, NullLogger.Instance, new SwarmMetrics(factory: null), _tasks, Cache);
    }

    public async Task<TorrentState> OpenAsync(TorrentInfo info)
    {
        var state = new TorrentState(info.InfoHash, Context);
        var cached = await Cache.BeginOpeningAsync(info, Cancel);
        var options = new PieceStoreOptions { Directory = Folder, Layout = StorageLayout.ByIndex };
        var store = await PieceStore.OpenAsync(info, options, Cancel);
        await MetadataFile.SaveAsync(info, options, Cancel);
        state.Open(info, store, cached);
        Cache.Opened(cached, state, store);
        Cache.EndOpening(cached);
        _open.Add(state);
        return state;
    }

    public async Task WriteAsync(TorrentState torrent, byte[] content, params int[] pieces)
    {
        foreach (var piece in pieces)
        {
            var length = torrent.Info!.PieceLength;
            await Cache.MakeRoomAsync(torrent.Cached!, piece, Cancel);
            await torrent.Store!.WritePieceAsync(piece, content.AsMemory(piece * length, torrent.Info.PieceSize(piece)), Cancel);
            Cache.Written(torrent.Cached!, torrent.Store, piece);
            Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    public void Use(TorrentState torrent, int piece)
    {
        Time.Advance(TimeSpan.FromMinutes(2));
        Cache.Used(torrent.Cached!, torrent.Store!, piece);
    }

    public async Task CloseAsync(TorrentState torrent)
    {
        _open.Remove(torrent);
        await Cache.CloseAsync(torrent.Cached!, torrent.Store!);
    }

    /// <summary>Ends as a stopped program does.</summary>
    public async Task StopAsync()
    {
        foreach (var torrent in _open.ToArray())
        {
            await CloseAsync(torrent);
        }
        Cache.Dispose();
    }

    public static int[] Pieces(TorrentState torrent) =>
        [.. Enumerable.Range(0, torrent.Info!.PieceCount).Where(torrent.Store!.HasPiece)];

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _tasks.DisposeAsync();
        _folder.Dispose();
    }
}
