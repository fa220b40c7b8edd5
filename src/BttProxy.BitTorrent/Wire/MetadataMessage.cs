using System.Buffers;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Wire;

/// <summary>A ut_metadata message (BEP 9). Data carries its block behind the dictionary.</summary>
internal readonly record struct MetadataMessage(MetadataMessageType Type, int Piece, int TotalSize, int HeadLength)
{
    public const byte LocalId = 1;
    public const int BlockLength = 16 * 1024;

    private static readonly BencodeLimits Limits = new() { MaxDepth = 4, MaxValues = 64, AllowUnsortedKeys = true };

    public static bool TryParse(ReadOnlySpan<byte> payload, out MetadataMessage message)
    {
        message = default;
        if (payload.Length > 2 * BlockLength
            || Bencode.TryParsePrefix(payload.ToArray(), out var value, out var consumed, Limits) != BencodeError.None
            || value is not BencodeDictionary dictionary
            || dictionary.FindInteger("msg_type"u8) is not (>= 0 and <= byte.MaxValue) || dictionary.FindInteger("piece"u8) is not { } piece
            || piece < 0 || piece > Metainfo.TorrentLimits.MaxInfoBytes / BlockLength)
        {
            return false;
        }
        var total = dictionary.FindInteger("total_size"u8) ?? 0;
        message = new MetadataMessage(
            (MetadataMessageType)dictionary.FindInteger("msg_type"u8)!.Value,
            (int)piece,
            total is >= 0 and <= int.MaxValue ? (int)total : 0,
            consumed);
        return true;
    }

    public byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>(64);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteEntry("msg_type"u8, (long)Type);
        writer.WriteEntry("piece"u8, Piece);
        if (Type == MetadataMessageType.Data)
        {
            writer.WriteEntry("total_size"u8, TotalSize);
        }
        writer.End();
        return output.WrittenSpan.ToArray();
    }
}

internal enum MetadataMessageType
{
    Request = 0,
    Data = 1,
    Reject = 2,
}
