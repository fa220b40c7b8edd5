using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.UnitTests.BitTorrent.Dht;

internal static class DhtTestData
{
    public static AddressRules PublicRules { get; } = new(new ConnectGuard(new ConnectGuardOptions()));

    public static AddressRules TestNetworkRules { get; } = new(new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true }));

    /// <summary>A public address; each number gives another /24.</summary>
    public static IPEndPoint PublicPeer(int number, int port = 6881) =>
        new(new IPAddress([(byte)(20 + (number >> 16)), (byte)(number >> 8), (byte)number, 7]), port);

    public static DhtNodeId Id(byte first, byte second = 0)
    {
        var bytes = new byte[20];
        (bytes[0], bytes[1]) = (first, second);
        return new DhtNodeId(bytes);
    }
}
