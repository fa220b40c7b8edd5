using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Compact peers and nodes: address, port (BEP 5), and the 16-byte addresses of BEP 32.</summary>
internal static class CompactAddresses
{
    public const int IPv4Length = 6;
    public const int IPv6Length = 18;

    public static int PeerLength(AddressFamily family) => family == AddressFamily.InterNetwork ? IPv4Length : IPv6Length;

    public static int NodeLength(AddressFamily family) => DhtNodeId.Length + PeerLength(family);

    /// <summary>The key of compact nodes in answers (BEP 5, BEP 32).</summary>
    public static ReadOnlySpan<byte> NodesKey(AddressFamily family) => family == AddressFamily.InterNetwork ? "nodes"u8 : "nodes6"u8;

    public static void WritePeer(IPEndPoint peer, Span<byte> destination)
    {
        peer.Address.TryWriteBytes(destination, out var written);
        BinaryPrimitives.WriteUInt16BigEndian(destination[written..], (ushort)peer.Port);
    }

    public static byte[] WritePeer(IPEndPoint peer)
    {
        var bytes = new byte[PeerLength(peer.AddressFamily)];
        WritePeer(peer, bytes);
        return bytes;
    }

    public static byte[] WriteNodes(ReadOnlySpan<DhtContact> contacts, AddressFamily family)
    {
        var bytes = new byte[contacts.Length * NodeLength(family)];
        var rest = bytes.AsSpan();
        foreach (var contact in contacts)
        {
            contact.Id.Span.CopyTo(rest);
            WritePeer(contact.EndPoint, rest[DhtNodeId.Length..]);
            rest = rest[NodeLength(family)..];
        }
        return bytes;
    }

    /// <summary>Null when the length is neither that of an IPv4 nor of an IPv6 peer.</summary>
    public static IPEndPoint? ReadPeer(ReadOnlySpan<byte> bytes) => bytes.Length is IPv4Length or IPv6Length
        ? new IPEndPoint(new IPAddress(bytes[..^2]), BinaryPrimitives.ReadUInt16BigEndian(bytes[^2..]))
        : null;

    /// <summary>The first <paramref name="max"/> nodes; a rest that is no whole node is ignored.</summary>
    public static List<DhtContact> ReadNodes(ReadOnlySpan<byte> bytes, AddressFamily family, int max)
    {
        var length = NodeLength(family);
        var contacts = new List<DhtContact>();
        for (; bytes.Length >= length && contacts.Count < max; bytes = bytes[length..])
        {
            var endPoint = ReadPeer(bytes[DhtNodeId.Length..length])!;
            contacts.Add(new DhtContact(new DhtNodeId(bytes[..DhtNodeId.Length]), endPoint));
        }
        return contacts;
    }
}
