using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.FunctionalTests.BitTorrent.Swarm;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.WebSeeds;

/// <summary>Content from HTTP servers (BEP 19) that do what they should, or at least what servers do.</summary>
public sealed class WebSeedTests : IAsyncDisposable
{
    private readonly SwarmWorld _world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Content => _world["content"];

    [Theory]
    [InlineData("")]
    [InlineData("movie/m.mkv")]
    public async Task OneFile_ComesFromAServerAlone(string path)
    {
        var all = await _world.CreateContentAsync("movie", 65_536, ("m.mkv", 3_000_000));
        var info = TorrentFile.Parse(await TorrentBuilder.CreateAsync(_world["content/movie/m.mkv"], 65_536, progress: null, Cancel)).Info;
        await using var server = await WebSeedServer.OfFolderAsync(path.Length == 0 ? _world["content/movie"] : Content);
        var torrent = await DownloadAsync(info, server.Url + path);

        await CompleteAsync(torrent, await _world.ReadContentAsync(all));
        Assert.Equal(0, torrent.PeerCount);
        Assert.Equal(0, torrent.Totals.DuplicateBytes);
        // Some blocks at first, then many together.
        Assert.InRange(server.Requests, 1, 100);
    }

    [Theory]
    [InlineData(TorrentVersion.V1)]
    [InlineData(TorrentVersion.V2)]
    [InlineData(TorrentVersion.Hybrid)]
    public async Task SeveralFiles_ComeWithTheirOddNames_AndPaddingIsNotAskedFor(TorrentVersion version)
    {
        await _world.CreateContentAsync(
            "a movie", 32_768, ("#1 100%.mkv", 700_001), ("empty", 0), ("nö/文 件+&.bin", 300_000), ("nö/z", 3), ("y", 90_000));
        var info = TorrentFile.Parse(await TorrentBuilder.CreateAsync(_world["content/a movie"], version, 32_768, progress: null, Cancel)).Info;
        var missing = 0;
        await using var server = await WebSeedServer.StartAsync(async context =>
        {
            await WebSeedServer.SendAsync(context, Content);
            Interlocked.Add(ref missing, context.Response.StatusCode == StatusCodes.Status404NotFound ? 1 : 0);
        });
        var torrent = await DownloadAsync(info, server.Url);

        await SwarmWorld.UntilAsync(() => torrent.Have is { IsComplete: true }, "the download");
        Assert.Equal(0, missing);
        foreach (var file in info.Files.Where(file => !file.IsPadding))
        {
            var original = await File.ReadAllBytesAsync(_world[Path.Join(["content", .. file.Path])], Cancel);
            Assert.Equal(original, await File.ReadAllBytesAsync(_world[Path.Join(["leech", .. file.Path])], Cancel));
        }
    }

    [Fact]
    public async Task Reader_GetsItsPartAndNothingElse()
    {
        var info = await _world.CreateContentAsync("movie", 65_536, ("m.mkv", 30_000_000));
        await using var server = await WebSeedServer.OfFolderAsync(Content);
        var engine = await _world.StartEngineAsync("leech", configure: options => options with { MinReadAhead = 65_536, MaxReadAhead = 65_536 });
        var torrent = engine.Add(info);
        await torrent.MetadataAsync(Cancel);
        engine.AddWebSeeds(torrent, [server.Url]);

        var expected = (await _world.ReadContentAsync(info)).AsSpan(20_000_001, 100_000).ToArray();
        Assert.Equal(expected, await SwarmWorld.ReadAsync(torrent, 20_000_001, 100_000));
        Assert.InRange(torrent.Totals.UsefulBytes, 100_000, 1_000_000);
    }

    [Fact]
    public async Task PeersAndServer_ShareTheWork()
    {
        var info = await _world.CreateContentAsync("movie", 65_536, ("m.mkv", 20_000_000));
        await using var server = await WebSeedServer.OfFolderAsync(Content);
        var torrent = await DownloadAsync(info, server.Url);
        torrent.AddPeer((await _world.StartSeederAsync(info, address: "127.0.14.21")).LocalEndPoint);
        await CompleteAsync(torrent, await _world.ReadContentAsync(info));
        Assert.Equal(0, torrent.Totals.HashFailedBytes);
    }

    [Fact]
    public async Task Redirect_IsFollowed_AndALoopOfThemIsNot()
    {
        var info = await _world.CreateContentAsync("movie", 65_536, ("m.mkv", 1_000_000));
        await using var loop = await WebSeedServer.StartAsync(context => Redirect(context, "/again"));
        await using var target = await WebSeedServer.OfFolderAsync(Content);
        await using var server = await WebSeedServer.StartAsync(context => Redirect(context, target.Url.TrimEnd('/') + context.Request.Path));
        var torrent = await DownloadAsync(info, loop.Url, server.Url);
        await CompleteAsync(torrent, await _world.ReadContentAsync(info));
        Assert.InRange(loop.Requests, 1, 4);
    }

    [Fact]
    public async Task RedirectToADeniedAddress_IsNotFollowed()
    {
        var info = await _world.CreateContentAsync("movie", 65_536, ("m.mkv", 1_000_000));
        await using var secret = await WebSeedServer.StartAsync(context => WebSeedServer.SendAsync(context, Content), "127.0.14.66");
        await using var server = await WebSeedServer.StartAsync(context => Redirect(context, secret.Url.TrimEnd('/') + context.Request.Path));
        var guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true, DeniedNetworks = [System.Net.IPNetwork.Parse("127.0.14.66/32")] });
        var torrent = await DownloadAsync(info, options => options with { ConnectGuard = guard }, server.Url);
        await SwarmWorld.UntilAsync(() => server.Requests > 0, "a request");
        torrent.AddPeer((await _world.StartSeederAsync(info)).LocalEndPoint);
        await CompleteAsync(torrent, await _world.ReadContentAsync(info));
        Assert.Equal(0, secret.Requests);
    }

    [Fact]
    public async Task ServerInAPrivateNetwork_IsNotDialled()
    {
        var info = await _world.CreateContentAsync("movie", 65_536, ("m.mkv", 1_000_000));
        await using var server = await WebSeedServer.OfFolderAsync(Content);
        await DownloadAsync(info, options => options with { ConnectGuard = new ConnectGuard(new ConnectGuardOptions()) }, server.Url);
        // A second engine shows that by now the first one would have asked.
        await using var allowed = await WebSeedServer.OfFolderAsync(Content);
        var other = await _world.StartEngineAsync("other");
        var torrent = other.Add(info);
        other.AddWebSeeds(torrent, [allowed.Url]);
        torrent.DownloadAll();
        await SwarmWorld.UntilAsync(() => torrent.Have is { IsComplete: true }, "the download of the engine that may");
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task BusyServer_IsAskedAgainWhenItSays()
    {
        var info = await _world.CreateContentAsync("movie", 65_536, ("m.mkv", 1_000_000));
        var asked = 0;
        var times = new System.Collections.Concurrent.ConcurrentQueue<long>();
        await using var server = await WebSeedServer.StartAsync(context =>
        {
            times.Enqueue(Environment.TickCount64);
            if (Interlocked.Increment(ref asked) > 2)
            {
                return WebSeedServer.SendAsync(context, Content);
            }
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "7";
            return Task.CompletedTask;
        });
        var torrent = await DownloadAsync(info, server.Url);
        await CompleteAsync(torrent, await _world.ReadContentAsync(info));
        Assert.InRange(times.ElementAt(2) - times.ElementAt(0), 6_900, 25_000);
    }

    [Fact]
    public async Task ServerWithoutOneOfTheFiles_GivesTheOthers()
    {
        var info = await _world.CreateContentAsync("movie", 65_536, ("a", 700_000), ("b", 700_000), ("c", 700_000));
        await using var server = await WebSeedServer.StartAsync(context => context.Request.Path.Value!.EndsWith("/b", StringComparison.Ordinal)
            ? Results.NotFound().ExecuteAsync(context)
            : WebSeedServer.SendAsync(context, Content));
        var torrent = await DownloadAsync(info, server.Url);
        await SwarmWorld.UntilAsync(() => torrent.Have!.Count >= 20, "what lies wholly in the other two");
        Assert.InRange(server.Requests, 2, 60);
        torrent.AddPeer((await _world.StartSeederAsync(info)).LocalEndPoint);
        await CompleteAsync(torrent, await _world.ReadContentAsync(info));
    }

    [Theory]
    [InlineData(900_000, true)]
    [InlineData(5_000_000, false)]
    public async Task ServerWithoutRanges_IsUsedForSmallFiles(int length, bool isUsed)
    {
        var info = await _world.CreateContentAsync("movie", 65_536, ("m.mkv", length));
        await using var server = await WebSeedServer.StartAsync(
            context => Results.File(Path.Join(Content, context.Request.Path.Value), enableRangeProcessing: false).ExecuteAsync(context));
        var torrent = await DownloadAsync(info, server.Url);
        if (!isUsed)
        {
            await SwarmWorld.UntilAsync(() => server.Requests > 0, "a request");
            torrent.AddPeer((await _world.StartSeederAsync(info)).LocalEndPoint);
        }
        await CompleteAsync(torrent, await _world.ReadContentAsync(info));
        Assert.True(isUsed || server.Requests <= 2, $"{server.Requests} requests");
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static Task Redirect(HttpContext context, string url)
    {
        context.Response.Redirect(url);
        return Task.CompletedTask;
    }

    private Task<Torrent> DownloadAsync(TorrentInfo info, params string[] seeds) => DownloadAsync(info, static options => options, seeds);

    private async Task<Torrent> DownloadAsync(TorrentInfo info, Func<SwarmOptions, SwarmOptions> configure, params string[] seeds)
    {
        var engine = await _world.StartEngineAsync("leech", configure: configure);
        var torrent = engine.Add(info);
        torrent.DownloadAll();
        engine.AddWebSeeds(torrent, seeds);
        await torrent.MetadataAsync(Cancel);
        return torrent;
    }

    private static async Task CompleteAsync(Torrent torrent, byte[] content)
    {
        await SwarmWorld.UntilAsync(() => torrent.Have is { IsComplete: true }, "the download");
        Assert.Equal(content, await SwarmWorld.ReadAsync(torrent, 0, content.Length));
    }
}
