using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class OwnAddressesTests
{
    private static readonly IPAddress Own = IPAddress.Parse("8.8.8.8");
    private static readonly SwarmOptions Options = new() { Directory = "unused", ConnectGuard = new ConnectGuard(new ConnectGuardOptions()) };

    [Fact]
    public void AddressThatIsListenedAt_IsOurs()
    {
        var addresses = new OwnAddresses(Options with { Listen = new IPEndPoint(Own, 0) });
        Assert.Equal(Own, addresses.Find(AddressFamily.InterNetwork));
        Assert.Null(addresses.Find(AddressFamily.InterNetworkV6));
    }

    [Fact]
    public void AddressThatManyNetworksName_IsOurs_AndOneNetworkIsNotMany()
    {
        var addresses = new OwnAddresses(Options);
        for (var host = 1; host < 100; host++)
        {
            addresses.Hear(new IPEndPoint(new IPAddress([9, 9, 9, (byte)host]), 6881), IPAddress.Parse("7.7.7.7"));
            addresses.Hear(new IPEndPoint(new IPAddress([9, 9, 9, (byte)host]), 6881), IPAddress.Parse("192.168.0.1"));
        }
        Assert.Null(addresses.Find(AddressFamily.InterNetwork));
        for (var network = 1; network < 10; network++)
        {
            addresses.Hear(new IPEndPoint(new IPAddress([11, 9, (byte)network, 1]), 6881), Own);
        }
        Assert.Equal(Own, addresses.Find(AddressFamily.InterNetwork));
    }
}
