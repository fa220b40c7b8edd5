using System.Buffers;
using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.BitTorrent.Wire;

/// <summary>A ut_pex message (BEP 11): peers that its sender has connected to, and lost, since the message before.</summary>
internal sealed record PeerExchangeMessage(IReadOnlyList<ExchangedPeer> Added, IReadOnlyList<IPEndPoint> Dropped)
{
    public const byte LocalId = 2;

    /// <summary>Of each kind, both address families together (BEP 11); what a message holds beyond that is not read.</summary>
    public const int MaxPeers = 50;

    // Some send twice the number; ten times is an attack.
    private const int MaxLength = 16 * 1024;

    private static readonly BencodeLimits Limits = new() { MaxDepth = 4, MaxValues = 64, AllowUnsortedKeys = true };

    /// <summary>Null when the payload is no acceptable dictionary. Peers with port 0 and a rest that is no whole peer are left out.</summary>
    public static PeerExchangeMessage? TryParse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxLength
            || Bencode.TryParsePrefix(payload.ToArray(), out var value, out _, Limits) != BencodeError.None
            || value is not BencodeDictionary message)
        {
            return null;
        }
        var added = new List<ExchangedPeer>();
        Read(message.FindString("added"u8), message.FindString("added.f"u8), CompactAddresses.IPv4Length, added);
        Read(message.FindString("added6"u8), message.FindString("added6.f"u8), CompactAddresses.IPv6Length, added);
        var dropped = new List<ExchangedPeer>();
        Read(message.FindString("dropped"u8), flags: null, CompactAddresses.IPv4Length, dropped);
        Read(message.FindString("dropped6"u8), flags: null, CompactAddresses.IPv6Length, dropped);
        return new PeerExchangeMessage(added, dropped.ConvertAll(static peer => peer.EndPoint));
    }

    public byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>(512);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        WriteAdded(writer, AddressFamily.InterNetwork, "added"u8, "added.f"u8);
        WriteAdded(writer, AddressFamily.InterNetworkV6, "added6"u8, "added6.f"u8);
        writer.WriteEntry("dropped"u8, Compact(Dropped, AddressFamily.InterNetwork));
        writer.WriteEntry("dropped6"u8, Compact(Dropped, AddressFamily.InterNetworkV6));
        writer.End();
        return output.WrittenSpan.ToArray();
    }

    private static void Read(ReadOnlyMemory<byte>? peers, ReadOnlyMemory<byte>? flags, int peerLength, List<ExchangedPeer> found)
    {
        var bytes = peers is { } given ? given.Span : [];
        var flagBytes = flags is { } told ? told.Span : [];
        for (var i = 0; bytes.Length >= peerLength && found.Count < MaxPeers; i++, bytes = bytes[peerLength..])
        {
            if (CompactAddresses.ReadPeer(bytes[..peerLength]) is { Port: > 0 } endPoint)
            {
                found.Add(new ExchangedPeer(endPoint, i < flagBytes.Length ? (ExchangedPeerFlags)flagBytes[i] : ExchangedPeerFlags.None));
            }
        }
    }

    private void WriteAdded(BencodeWriter writer, AddressFamily family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> flagsKey)
    {
        var ofFamily = Added.Where(peer => peer.EndPoint.AddressFamily == family).ToArray();
        writer.WriteEntry(key, Compact(ofFamily.Select(peer => peer.EndPoint), family));
        writer.WriteEntry(flagsKey, Array.ConvertAll(ofFamily, peer => (byte)peer.Flags));
    }

    private static byte[] Compact(IEnumerable<IPEndPoint> endPoints, AddressFamily family) =>
        [.. endPoints.Where(endPoint => endPoint.AddressFamily == family).SelectMany(CompactAddresses.WritePeer)];
}

/// <summary>A peer that another peer names.</summary>
internal readonly record struct ExchangedPeer(IPEndPoint EndPoint, ExchangedPeerFlags Flags);

/// <summary>What is said of an exchanged peer; the bits of BEP 11.</summary>
[Flags]
internal enum ExchangedPeerFlags : byte
{
    None = 0,
    PrefersEncryption = 0x01,
    /// <summary>A seed, or one that has all it wants.</summary>
    UploadOnly = 0x02,
    SupportsUtp = 0x04,
    SupportsHolePunch = 0x08,
    /// <summary>Whoever names it has connected to it.</summary>
    IsReachable = 0x10,
}
