using BttProxy.BitTorrent;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

public sealed class GuardedDialTests
{
    [Fact]
    public async Task PeerThatTheGuardDenies_IsNeverDialledAndForgotten()
    {
        await using var world = await HostileWorld.CreateAsync(
            options => options with { ConnectGuard = new ConnectGuard(new ConnectGuardOptions()) });
        await using var inside = RawPeer.Start(connection => connection.HandshakeAsync());
        var torrent = await world.DownloadAsync(inside);

        await SwarmWorld.UntilAsync(
            () =>
            {
                lock (torrent.State.Gate)
                {
                    return torrent.State.Book.Count == 0;
                }
            },
            "the address is forgotten");
        Assert.Equal(0, inside.Connections);
    }
}
