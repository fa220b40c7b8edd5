using System.Buffers;

namespace BttProxy.Protocol.Keys;

internal static class Hex
{
    /// <summary>Fills the destination exactly; accepts an optional 0x prefix and either case.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            text = text[2..];
        }

        return text.Length == destination.Length * 2
            && Convert.FromHexString(text, destination, out _, out var written) == OperationStatus.Done
            && written == destination.Length;
    }
}
