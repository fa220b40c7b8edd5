using System.Net.Http.Headers;
using System.Text;
using BttProxy.BitTorrent.Swarm;
using BttProxy.FunctionalTests.BitTorrent.Swarm;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.WebSeeds;

/// <summary>Servers that answer wrongly, slowly or not at all: they are left alone, and the download goes on without them.</summary>
public sealed class HostileWebSeedTests
{
    [Theory]
    [InlineData("another range")]
    [InlineData("another length of the file")]
    [InlineData("more than asked")]
    [InlineData("less than asked")]
    [InlineData("announced less")]
    [InlineData("packed")]
    [InlineData("a whole file of another length")]
    [InlineData("nothing but success")]
    public async Task AnswerThatNobodyAskedFor_EndsTheWebSeed(string attack)
    {
        await using var world = await HostileWorld.CreateAsync(length: 3_000_000);
        await using var server = await WebSeedServer.StartAsync(context => AnswerAsync(context, world.Content, attack));
        var torrent = await world.DownloadAsync();
        world.Engine.AddWebSeeds(torrent, [server.Url]);
        await world.UntilEndedAsync(DropReason.Closed);
        await world.FinishAsync(torrent);
        Assert.InRange(server.Requests, 1, 2);
    }

    [Fact]
    public async Task WrongContent_BansTheWebSeed()
    {
        await using var world = await HostileWorld.CreateAsync(length: 3_000_000);
        await using var server = await WebSeedServer.StartAsync(context => SendAsync(context, Poison(world.Content, _ => true)));
        var torrent = await world.DownloadAsync();
        world.Engine.AddWebSeeds(torrent, [server.Url]);
        await world.UntilEndedAsync(DropReason.BadData);
        await world.FinishAsync(torrent);
        Assert.Equal(1, world.Ended(DropReason.BadData));
        Assert.InRange(torrent.Totals.HashFailedBytes, 1, 2 * BttProxy.BitTorrent.WebSeeds.BlockRun.MaxLength);
    }

    [Fact]
    public async Task WrongContentHereAndThere_BesideAnHonestPeer_IsBlamedOnTheWebSeed()
    {
        // The block timeout is far away: a web seed that was let go as slow could not be banned any more.
        await using var world = await HostileWorld.CreateAsync(
            options => options with { BlockTimeout = TimeSpan.FromMinutes(1) }, length: 8_000_000, pieceLength: 1024 * 1024);
        await using var server = await WebSeedServer.StartAsync(context => SendAsync(context, Poison(world.Content, i => i % 50_000 == 0)));
        var seeder = await world.Swarm.StartSeederAsync(world.Info);
        var torrent = await world.DownloadAsync();
        world.Engine.AddWebSeeds(torrent, [server.Url]);
        torrent.AddPeer(seeder.LocalEndPoint);
        await world.CompleteAsync(torrent);
        var bans = torrent.Totals.HashFailedBytes > 0 ? 1 : 0;
        await world.UntilEndedAsync(DropReason.BadData, bans);
        Assert.Equal(bans, world.Ended(DropReason.BadData));
    }

    [Theory]
    [InlineData("silence before the headers")]
    [InlineData("silence after the headers")]
    [InlineData("one byte a second")]
    [InlineData("hang up")]
    public async Task ServerThatStalls_HoldsUpNobody(string attack)
    {
        await using var world = await HostileWorld.CreateAsync(
            options => options with { MinPeerRateWindow = TimeSpan.FromSeconds(2) }, length: 3_000_000);
        await using var server = await WebSeedServer.StartAsync(context => StallAsync(context, world.Content.Length, attack));
        var torrent = await world.DownloadAsync();
        world.Engine.AddWebSeeds(torrent, [server.Url]);
        await SwarmWorld.UntilAsync(() => server.Requests > 0, "a request");
        await world.FinishAsync(torrent);
        Assert.InRange(server.Requests, 1, 12);
    }

    [Fact]
    public async Task EndlessBody_IsNotRead()
    {
        await using var world = await HostileWorld.CreateAsync(length: 3_000_000);
        var sent = 0L;
        await using var server = RawPeer.Start(async connection =>
        {
            var (from, to) = await RangeAsync(connection);
            var head = $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{to - 1}/{world.Content.Length}\r\n\r\n";
            await connection.SendRawAsync([.. Encoding.ASCII.GetBytes(head), .. world.Content[from..to]]);
            while (true)
            {
                await connection.SendRawAsync(new byte[64 * 1024]);
                Interlocked.Add(ref sent, 64 * 1024);
            }
        });
        var torrent = await world.DownloadAsync();
        world.Engine.AddWebSeeds(torrent, [$"http://{server.EndPoint}/"]);
        await world.UntilEndedAsync(DropReason.Closed);
        await world.FinishAsync(torrent);
        Assert.InRange(server.Connections, 1, 12);
        // What the kernel keeps of a connection, and some.
        Assert.InRange(Interlocked.Read(ref sent), 0, server.Connections * 32L * 1024 * 1024);
    }

    private static async Task<(int From, int To)> RangeAsync(RawConnection connection)
    {
        using var reader = new StreamReader(connection.Stream, Encoding.ASCII, leaveOpen: true);
        var (from, to) = (0, 0);
        while (await reader.ReadLineAsync(connection.Cancel) is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: ", StringComparison.OrdinalIgnoreCase))
            {
                var range = RangeHeaderValue.Parse(line["Range: ".Length..]).Ranges.Single();
                (from, to) = ((int)range.From!, (int)range.To! + 1);
            }
        }
        return (from, to);
    }

    private static async Task AnswerAsync(HttpContext context, byte[] content, string attack)
    {
        var (from, to) = WebSeedServer.RangeOf(context);
        var body = content.AsMemory(from..to);
        switch (attack)
        {
            case "another range":
                SetRange(context, from + 1, to + 1, content.Length, withLength: true);
                break;
            case "another length of the file":
                SetRange(context, from, to, content.Length + 1, withLength: true);
                break;
            case "more than asked":
                SetRange(context, from, to, content.Length, withLength: false);
                body = (byte[])[.. body.Span, 1, 2, 3];
                break;
            case "less than asked":
                SetRange(context, from, to, content.Length, withLength: false);
                body = body[..^1];
                break;
            case "announced less":
                SetRange(context, from, to, content.Length, withLength: false);
                context.Response.ContentLength = body.Length - 1;
                body = body[..^1];
                break;
            case "packed":
                SetRange(context, from, to, content.Length, withLength: true);
                context.Response.Headers.ContentEncoding = "gzip";
                break;
            case "a whole file of another length":
                body = content.AsMemory(..^1);
                context.Response.ContentLength = body.Length;
                break;
            default:
                body = default;
                break;
        }
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static async Task StallAsync(HttpContext context, int length, string attack)
    {
        var (from, to) = WebSeedServer.RangeOf(context);
        if (attack == "silence before the headers")
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }
        SetRange(context, from, to, length, withLength: true);
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (attack == "hang up")
        {
            context.Abort();
            return;
        }
        while (!context.RequestAborted.IsCancellationRequested)
        {
            if (attack == "one byte a second")
            {
                await context.Response.Body.WriteAsync(new byte[1], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
            await Task.Delay(1000, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static byte[] Poison(byte[] content, Func<int, bool> isWrong) => [.. content.Select((value, i) => isWrong(i) ? (byte)~value : value)];

    private static async Task SendAsync(HttpContext context, byte[] content)
    {
        var (from, to) = WebSeedServer.RangeOf(context);
        SetRange(context, from, to, content.Length, withLength: true);
        await context.Response.Body.WriteAsync(content.AsMemory(from..to), context.RequestAborted);
    }

    private static void SetRange(HttpContext context, int from, int to, int length, bool withLength)
    {
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ContentRange = $"bytes {from}-{to - 1}/{length}";
        context.Response.ContentLength = withLength ? to - from : null;
    }
}
