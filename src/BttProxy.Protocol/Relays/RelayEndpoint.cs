using System.Net;
using System.Net.Sockets;

namespace BttProxy.Protocol.Relays;

/// <summary>Where a relay listens; on the wire [tag, address, port] with tag 4 for IPv4 and 6 for IPv6.</summary>
public sealed record RelayEndpoint
{
    internal const byte IPv4Tag = 4;
    internal const byte IPv6Tag = 6;

    /// <exception cref="ArgumentException">Neither IPv4 nor IPv6, a scoped address, or port zero.</exception>
    public RelayEndpoint(IPAddress address, int port)
    {
        if (address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            || (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0)
            || port is < 1 or > ushort.MaxValue)
        {
            throw new ArgumentException($"{address}:{port} cannot be a relay's endpoint.", nameof(address));
        }

        Address = address;
        Port = port;
    }

    public IPAddress Address { get; }

    public int Port { get; }

    internal byte Tag => Address.AddressFamily == AddressFamily.InterNetwork ? IPv4Tag : IPv6Tag;

    public IPEndPoint ToIPEndPoint() => new(Address, Port);

    public override string ToString() => ToIPEndPoint().ToString();
}
