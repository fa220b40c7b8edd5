using System.Buffers;
using System.Buffers.Text;

namespace BttProxy.Protocol.Keys;

internal static class Base64UrlText
{
    /// <summary>Fills the destination exactly. One text per value: padding, white space and stray trailing bits are refused.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination) =>
        text.Length == Base64Url.GetEncodedLength(destination.Length)
        && Base64Url.DecodeFromChars(text, destination, out _, out var written) == OperationStatus.Done
        && written == destination.Length;
}
