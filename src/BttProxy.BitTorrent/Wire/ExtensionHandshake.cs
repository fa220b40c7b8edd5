using System.Buffers;
using System.Net;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Wire;

/// <summary>The extension protocol's own handshake (BEP 10), as far as this engine uses it.</summary>
/// <param name="MetadataId">The number under which the sender takes ut_metadata messages (BEP 9); 0 = not.</param>
/// <param name="MetadataSize">Bytes of the info dictionary; null when the sender has none, or told an impossible number.</param>
/// <param name="RequestQueue">Requests that the sender keeps; null when not told.</param>
/// <param name="ListenPort">Where the sender takes connections; null when not told.</param>
internal sealed record ExtensionHandshake(byte MetadataId, int? MetadataSize, int? RequestQueue, int? ListenPort)
{
    public const byte MessageId = 0;
    private const int MaxLength = 64 * 1024;

    /// <summary>The number under which the sender takes ut_pex messages (BEP 11); 0 = not.</summary>
    public byte PeerExchangeId { get; init; }

    /// <summary>True when the sender wants nothing (BEP 21); null when it does not say.</summary>
    public bool? UploadOnly { get; init; }

    /// <summary>The address at which the sender sees the receiver.</summary>
    public IPAddress? YourAddress { get; init; }

    private static readonly BencodeLimits Limits = new() { MaxDepth = 8, MaxValues = 1024, AllowUnsortedKeys = true };

    /// <summary>Null when the payload is no acceptable dictionary.</summary>
    public static ExtensionHandshake? TryParse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxLength
            || Bencode.TryParsePrefix(payload.ToArray(), out var value, out _, Limits) != BencodeError.None
            || value is not BencodeDictionary handshake)
        {
            return null;
        }
        var messages = handshake.FindDictionary("m"u8);
        return new ExtensionHandshake(
            MessageNumber(messages?.FindInteger("ut_metadata"u8)),
            InRange(handshake.FindInteger("metadata_size"u8), Metainfo.TorrentLimits.MaxInfoBytes),
            InRange(handshake.FindInteger("reqq"u8), int.MaxValue),
            InRange(handshake.FindInteger("p"u8), ushort.MaxValue))
        {
            PeerExchangeId = MessageNumber(messages?.FindInteger("ut_pex"u8)),
            UploadOnly = handshake.FindInteger("upload_only"u8) is { } told ? told > 0 : null,
            YourAddress = handshake.FindString("yourip"u8) is { Length: 4 or 16 } address ? new IPAddress(address.Span) : null,
        };
    }

    public byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>(96);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteString("m"u8);
        writer.BeginDictionary();
        writer.WriteEntry("ut_metadata"u8, MetadataId);
        if (PeerExchangeId != 0)
        {
            writer.WriteEntry("ut_pex"u8, PeerExchangeId);
        }
        writer.End();
        if (MetadataSize is { } size)
        {
            writer.WriteEntry("metadata_size"u8, size);
        }
        if (ListenPort is { } port)
        {
            writer.WriteEntry("p"u8, port);
        }
        if (RequestQueue is { } queue)
        {
            writer.WriteEntry("reqq"u8, queue);
        }
        if (UploadOnly is { } told)
        {
            writer.WriteEntry("upload_only"u8, told ? 1 : 0);
        }
        writer.WriteEntry("v"u8, "BttProxy"u8);
        if (YourAddress is { } address)
        {
            writer.WriteEntry("yourip"u8, address.GetAddressBytes());
        }
        writer.End();
        return output.WrittenSpan.ToArray();
    }

    private static byte MessageNumber(long? value) => value is > 0 and <= byte.MaxValue ? (byte)value : (byte)0;

    private static int? InRange(long? value, int max) => value is > 0 && value <= max ? (int)value : null;
}
