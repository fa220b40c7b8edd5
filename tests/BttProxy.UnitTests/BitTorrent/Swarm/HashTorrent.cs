using System.Numerics;
using System.Security.Cryptography;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

/// <summary>A v2 torrent of two files, one of a single piece and one with a piece layer, with its content on disk.</summary>
internal sealed class HashTorrent : IAsyncDisposable
{
    public const int PieceLength = 32 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly BackgroundTasks _tasks = new();
    private int _stores;

    private HashTorrent()
    {
        var options = new SwarmOptions { Directory = _folder.Path, ConnectGuard = new ConnectGuard(new ConnectGuardOptions()) };
        Context = new SwarmContext(options, Clock, NullLogger.Instance, new SwarmMetrics(factory: null), _tasks);
    }

    public FakeTimeProvider Clock { get; } = new();

    public SwarmContext Context { get; }

    /// <summary>With all hashes.</summary>
    public TorrentInfo Info { get; private set; } = null!;

    public static async Task<HashTorrent> CreateAsync(int pieces)
    {
        var torrent = new HashTorrent();
        Directory.CreateDirectory(torrent._folder["content"]);
        await torrent.WriteAsync("content/large", ((pieces - 1) * PieceLength) + 20_000);
        await torrent.WriteAsync("content/small", 5000);
        torrent.Info = TorrentFile.Parse(await TorrentBuilder.CreateAsync(
            torrent._folder["content"], TorrentVersion.V2, PieceLength, progress: null, TestContext.Current.CancellationToken)).Info;
        return torrent;
    }

    /// <param name="info">The torrent, with or without hashes.</param>
    /// <param name="isComplete">True to have the content.</param>
    public async Task<TorrentState> OpenAsync(TorrentInfo info, bool isComplete)
    {
        var state = new TorrentState(info.InfoHash, Context);
        var options = new PieceStoreOptions
        {
            Directory = _folder[$"store-{_stores++}"],
            ContentPath = isComplete ? _folder["content"] : null,
        };
        var store = await PieceStore.OpenAsync(info, options, TestContext.Current.CancellationToken);
        if (isComplete)
        {
            await store.VerifyExistingAsync(progress: null, TestContext.Current.CancellationToken);
        }
        state.Open(info, store);
        return state;
    }

    /// <summary>The torrent as a magnet link's peers give it.</summary>
    public TorrentInfo WithoutHashes() => TorrentInfo.Parse(Info.RawBytes);

    /// <summary>True when hashes and proof lead to the root.</summary>
    public static bool Proves(HashRequest request, ReadOnlySpan<byte> answer)
    {
        List<byte[]> level = [.. answer[..(request.Length * 32)].ToArray().Chunk(32)];
        while (level.Count > 1)
        {
            level = [.. level.Chunk(2).Select(pair => SHA256.HashData([.. pair[0], .. pair[1]]))];
        }
        var node = level[0];
        var position = request.Index >> BitOperations.Log2((uint)request.Length);
        for (var proof = answer[(request.Length * 32)..]; !proof.IsEmpty; proof = proof[32..], position >>= 1)
        {
            byte[] neighbour = [.. proof[..32]];
            node = SHA256.HashData((position & 1) == 1 ? [.. neighbour, .. node] : [.. node, .. neighbour]);
        }
        return node.AsSpan().SequenceEqual(request.Root.Span);
    }

    public async ValueTask DisposeAsync()
    {
        await _tasks.DisposeAsync();
        _folder.Dispose();
    }

    private async Task WriteAsync(string name, int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        await File.WriteAllBytesAsync(_folder[name], content, TestContext.Current.CancellationToken);
    }
}
