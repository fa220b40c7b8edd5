using System.Diagnostics;
using System.Security.Cryptography;
using BttProxy.BitTorrent.Cache;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Cache;

/// <summary>A process that is filling its cache and making room in it is killed with SIGKILL at random points, again and again.</summary>
public sealed class CacheCrashTests : IDisposable
{
    private const int Kills = 6;
    private const int PieceLength = 64 * 1024;

    // What a file system rounds up: a block for each file, and some for the tree of each file's extents.
    private const long Slack = 256 * 1024;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bttproxy-cache-crash-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private long Progress => File.Exists(CacheChild.ProgressPath(_folder.FullName)) ? new FileInfo(CacheChild.ProgressPath(_folder.FullName)).Length : 0;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task KilledProcess_ClaimsNoByteThatIsGoneAndHashesNothingAgain()
    {
        await CreateContentAsync();
        var torrents = await CacheChild.TorrentsAsync(_folder.FullName, Cancel);
        var (claimed, rehashed) = (0, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            await RunAndKillAsync(RandomNumberGenerator.GetInt32(10, 60));
            var held = CheckClaims(torrents, ref claimed);
            Assert.True(held > 0);

            // Every other time the next process finds things as the killed one left them.
            if (kill % 2 == 0)
            {
                rehashed += await CheckRestartAsync(torrents);
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Kills} kills after {Progress} reads, {claimed} pieces claimed, all there; {rehashed} hashed again");
        Assert.Equal(0, rehashed);
    }

    private async Task CreateContentAsync()
    {
        Directory.CreateDirectory(Path.Join(_folder.FullName, "content"));
        for (var i = 0; i < 3; i++)
        {
            var bytes = new byte[3_000_000 + i];
            new Random(i).NextBytes(bytes);
            await File.WriteAllBytesAsync(Path.Join(_folder.FullName, "content", $"t{i}"), bytes, Cancel);
        }
    }

    private async Task RunAndKillAsync(int reads)
    {
        using var child = CacheChild.Start(_folder.FullName);
        var waited = Stopwatch.StartNew();
        var until = Progress + reads;
        while (Progress < until)
        {
            if (child.HasExited || waited.Elapsed > Deadline)
            {
                child.Kill();
                Assert.Fail($"The child finished {Progress} of {until} reads.\n{await child.StandardOutput.ReadToEndAsync(Cancel)}");
            }
            await Task.Delay(1, Cancel);
        }
        child.Kill(); // SIGKILL
        await child.WaitForExitAsync(Cancel);
    }

    /// <summary>Compares every piece that the state names with the bytes on disk.</summary>
    private long CheckClaims(List<(TorrentInfo Info, byte[] Content, string Path)> torrents, ref int claimed)
    {
        var held = 0L;
        foreach (var (info, content, _) in torrents)
        {
            var folder = Path.Join(_folder.FullName, "cache", info.InfoHash.ToString());
            using var stored = StoredTorrent.Open(Path.Join(_folder.FullName, "cache"), info.InfoHash);
            var onDisk = File.Exists(Path.Join(folder, "0")) ? File.ReadAllBytes(Path.Join(folder, "0")) : [];
            for (var piece = 0; stored is not null && piece < info.PieceCount; piece++)
            {
                if (stored.Have[piece])
                {
                    claimed++;
                    held += info.PieceSize(piece);
                    var range = (piece * PieceLength)..((piece * PieceLength) + info.PieceSize(piece));
                    Assert.Equal(content[range], onDisk[range]);
                }
            }
        }
        return held;
    }

    /// <summary>Starts as the next process does: sizes from the state alone, leftovers given back, nothing hashed.</summary>
    private async Task<int> CheckRestartAsync(List<(TorrentInfo Info, byte[] Content, string Path)> torrents)
    {
        await using var relay = new SwarmEngine(
            CacheChild.Options(_folder.FullName, "127.0.15.5"), dht: null, TimeProvider.System, NullLoggerFactory.Instance, meterFactory: null);
        await relay.StartAsync(Cancel);
        var usage = relay.CacheUsage!.Value;
        var blocks = await DiskBlocks.UsedAsync(Path.Join(_folder.FullName, "cache"), Cancel);
        Assert.InRange(usage.HeldBytes, 1, CacheChild.Budget);
        Assert.InRange(blocks, 1, usage.HeldBytes + Slack);
        var (held, rehashed) = (0L, 0);
        foreach (var (info, _, _) in torrents)
        {
            var torrent = relay.Add(info);
            await torrent.MetadataAsync(Cancel);
            rehashed += torrent.State.Store!.RehashedPieces;
            held += info.RawBytes.Length + PieceStateFile.MaxLength(info.PieceCount)
                + Enumerable.Range(0, info.PieceCount).Where(piece => torrent.Have![piece]).Sum(piece => (long)info.PieceSize(piece));
        }
        Assert.Equal(held, relay.CacheUsage!.Value.HeldBytes);
        return rehashed;
    }
}
