using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>The packets of the UDP tracker protocol (BEP 15).</summary>
internal static class UdpAnnounce
{
    public const int ConnectLength = 16;
    public const int AnnounceLength = 98;

    private const long ProtocolId = 0x41727101980;
    private const int HeadLength = 20;

    private enum Action
    {
        Connect = 0,
        Announce = 1,
        Error = 3,
    }

    public static void WriteConnect(Span<byte> packet, uint transaction)
    {
        BinaryPrimitives.WriteInt64BigEndian(packet, ProtocolId);
        BinaryPrimitives.WriteInt32BigEndian(packet[8..], (int)Action.Connect);
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], transaction);
    }

    public static void WriteAnnounce(Span<byte> packet, ulong connection, uint transaction, AnnounceRequest request)
    {
        packet[..AnnounceLength].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(packet, connection);
        BinaryPrimitives.WriteInt32BigEndian(packet[8..], (int)Action.Announce);
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], transaction);
        request.InfoHash.Span.CopyTo(packet[16..]);
        request.PeerId.Write(packet[36..]);
        BinaryPrimitives.WriteInt64BigEndian(packet[56..], request.Downloaded);
        BinaryPrimitives.WriteInt64BigEndian(packet[64..], request.Left);
        BinaryPrimitives.WriteInt64BigEndian(packet[72..], request.Uploaded);
        BinaryPrimitives.WriteInt32BigEndian(packet[80..], (int)request.Event);
        // 84: our address, 0 for the sender's.
        BinaryPrimitives.WriteUInt32BigEndian(packet[88..], request.Key);
        BinaryPrimitives.WriteInt32BigEndian(packet[92..], request.PeersWanted);
        BinaryPrimitives.WriteUInt16BigEndian(packet[96..], (ushort)request.Port);
    }

    /// <summary>True for an answer to this transaction; everything else is a stranger's or too late.</summary>
    public static bool Answers(ReadOnlySpan<byte> packet, uint transaction) =>
        packet.Length >= 8 && BinaryPrimitives.ReadUInt32BigEndian(packet[4..]) == transaction;

    /// <summary>The connection id.</summary>
    /// <exception cref="TrackerException">The tracker refused, or answered something else.</exception>
    public static ulong ReadConnect(ReadOnlySpan<byte> packet)
    {
        Check(packet, Action.Connect, ConnectLength);
        return BinaryPrimitives.ReadUInt64BigEndian(packet[8..]);
    }

    /// <param name="packet">The answer.</param>
    /// <param name="family">Of the socket: it decides how long the peers' addresses are.</param>
    /// <exception cref="TrackerException">The tracker refused, or answered something else.</exception>
    public static AnnounceAnswer ReadAnnounce(ReadOnlySpan<byte> packet, AddressFamily family)
    {
        Check(packet, Action.Announce, HeadLength);
        var peers = new List<IPEndPoint>();
        CompactPeers.Read(packet[HeadLength..], CompactAddresses.PeerLength(family), peers);
        return new AnnounceAnswer(peers, AnnounceAnswer.ClampInterval(BinaryPrimitives.ReadInt32BigEndian(packet[8..])));
    }

    private static void Check(ReadOnlySpan<byte> packet, Action expected, int minLength)
    {
        var action = (Action)BinaryPrimitives.ReadInt32BigEndian(packet);
        if (action == Action.Error)
        {
            throw new TrackerException($"the tracker refused: {TrackerText.Read(packet[8..])}");
        }
        if (action != expected || packet.Length < minLength)
        {
            throw new TrackerException("the answer is damaged");
        }
    }
}
