using System.Runtime.CompilerServices;

namespace BttProxy.BitTorrent;

/// <summary>The 20 bytes of a SHA-1 value, held inline.</summary>
[InlineArray(InfoHash.Length)]
internal struct Bytes20
{
    private byte _first;
}
