using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>What tells connections apart: the other side's address and port, and the id in its packets.</summary>
internal readonly record struct UtpKey(UInt128 Address, ushort Port, ushort ConnectionId)
{
    // The layout of sockaddr_in and sockaddr_in6 behind the family.
    private const int PortAt = 2;
    private const int IPv4At = 4;
    private const int IPv6At = 8;

    public static UtpKey Of(SocketAddress remote, ushort connectionId)
    {
        var bytes = remote.Buffer.Span;
        UInt128 address = remote.Family == AddressFamily.InterNetwork
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes[IPv4At..])
            : BinaryPrimitives.ReadUInt128BigEndian(bytes[IPv6At..]);
        return new UtpKey(address, BinaryPrimitives.ReadUInt16BigEndian(bytes[PortAt..]), connectionId);
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[16..], Port);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[18..], ConnectionId);
    }
}
