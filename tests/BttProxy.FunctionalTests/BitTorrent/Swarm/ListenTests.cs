using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>At which addresses an engine listens, and from which its dials leave.</summary>
public sealed class ListenTests : IAsyncDisposable
{
    private readonly SwarmWorld _world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("::1", null, "::1")]
    [InlineData("::", null, "::1")]
    [InlineData("::", null, "127.0.12.4")]
    [InlineData("127.0.12.3", "::1", "::1")]
    [InlineData("127.0.12.3", "::1", "127.0.12.3")]
    [InlineData("0.0.0.0", "::", "::1")]
    [InlineData("0.0.0.0", "::", "127.0.12.4")]
    [InlineData("::1", null, "::1", PeerTransports.Utp)]
    [InlineData("::", null, "::1", PeerTransports.Utp)]
    [InlineData("::", null, "127.0.0.1", PeerTransports.Utp)]
    [InlineData("127.0.12.3", "::1", "::1", PeerTransports.Utp)]
    [InlineData("0.0.0.0", "::", "127.0.0.1", PeerTransports.Utp)]
    public async Task AddressOfEitherFamily_IsReached(
        string listen, string? second, string dialled, PeerTransports transports = PeerTransports.TcpAndUtp)
    {
        var info = await _world.CreateContentAsync("movie", 16 * 1024, ("m", 300_000));
        var seeder = await StartAsync("seeder", listen, second, transports);
        var seeded = await seeder.AddSeedAsync(info, _world.ContentPath("movie"), Cancel);
        var leecher = await StartAsync("leecher", "127.0.12.5", "::1", transports);
        var torrent = leecher.Add(info, [new IPEndPoint(IPAddress.Parse(dialled), seeder.LocalEndPoint.Port)]);
        torrent.DownloadAll();
        await torrent.MetadataAsync(Cancel);
        IPAddress? from = null;
        await SwarmWorld.UntilAsync(() => (from ??= AddressOfPeer(seeded)) is not null && torrent.Have!.IsComplete, "download");

        // What came in by a socket for both families has its own form again; the dial left from the address of its family.
        Assert.Equal(IPAddress.Parse(dialled.Contains(':', StringComparison.Ordinal) ? "::1" : "127.0.12.5"), from);
    }

    [Fact]
    public async Task SocketOfOneFamily_DoesNotTakeTheOther()
    {
        var engine = await StartAsync("engine", "::1");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(
            async () => await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, engine.LocalEndPoint.Port), Cancel));
    }

    [Fact]
    public async Task MappedAddressOfAPeer_IsDialledInItsOwnForm()
    {
        var info = await _world.CreateContentAsync("movie", 16 * 1024, ("m", 300_000));
        var seeder = await _world.StartSeederAsync(info, address: "127.0.12.6");
        var mapped = new IPEndPoint(seeder.LocalEndPoint.Address.MapToIPv6(), seeder.LocalEndPoint.Port);
        var torrent = (await StartAsync("leecher", "127.0.12.5")).Add(info, [mapped, seeder.LocalEndPoint]);
        torrent.DownloadAll();
        await torrent.MetadataAsync(Cancel);
        await SwarmWorld.UntilAsync(() => torrent.Have!.IsComplete, "download");
        Assert.Equal(1, torrent.State.Book.Count);
    }

    [Theory]
    [InlineData(PeerTransports.TcpAndUtp, true)]
    [InlineData(PeerTransports.Utp, false)]
    public async Task PeerOfTheOtherFamily_IsReachedOverTcp(PeerTransports transports, bool isReached)
    {
        var info = await _world.CreateContentAsync("movie", 16 * 1024, ("m", 300_000));
        var seeder = await _world.StartSeederAsync(info, address: "::1");
        var torrent = (await StartAsync("leecher", "127.0.12.5", transports: transports)).Add(info, [seeder.LocalEndPoint]);
        torrent.DownloadAll();
        await torrent.MetadataAsync(Cancel);
        await SwarmWorld.UntilAsync(
            () => isReached ? torrent.Have!.IsComplete : torrent.State.Book.FailuresOf(seeder.LocalEndPoint) > 0, "download or failure");
    }

    [Theory]
    [InlineData("::1", "::1")]
    [InlineData("127.0.12.3", "127.0.12.4")]
    public void TwoAddressesOfOneFamily_AreRefused(string listen, string second) => Assert.Throws<ArgumentException>(() => new SwarmEngine(
        Options("engine", listen, second), dht: null, TimeProvider.System, NullLoggerFactory.Instance, meterFactory: null));

    [Fact]
    public async Task PeerThatCopiesAnId_DoesNotKeepItsOwnerOut()
    {
        await using var world = await HostileWorld.CreateAsync();
        var torrent = await world.DownloadAsync();
        var honest = await world.Swarm.StartSeederAsync(world.Info, address: "127.0.12.7");
        using var thief = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint);
        await thief.SendHandshakeAsync(world.Info.InfoHash, honest.Context.PeerId);
        await SwarmWorld.UntilAsync(() => torrent.PeerCount == 1, "the thief is a peer");
        using var again = await RawPeer.ConnectAsync(world.Engine.LocalEndPoint);
        await again.SendHandshakeAsync(world.Info.InfoHash, honest.Context.PeerId);
        await world.UntilEndedAsync(DropReason.AlreadyConnected);

        torrent.AddPeer(honest.LocalEndPoint);
        await world.CompleteAsync(torrent);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static IPAddress? AddressOfPeer(Torrent torrent)
    {
        lock (torrent.State.Gate)
        {
            return torrent.State.Peers.FirstOrDefault()?.EndPoint.Address;
        }
    }

    private Task<SwarmEngine> StartAsync(
        string directory, string listen, string? second = null, PeerTransports transports = PeerTransports.TcpAndUtp) =>
        _world.StartEngineAsync(directory, configure: _ => Options(directory, listen, second) with { Transports = transports });

    private SwarmOptions Options(string directory, string listen, string? second) => new()
    {
        Directory = _world[directory],
        ConnectGuard = SwarmWorld.Guard,
        Listen = new IPEndPoint(IPAddress.Parse(listen), 0),
        ListenIPv6 = second is null ? null : new IPEndPoint(IPAddress.Parse(second), 0),
    };
}
