using BttProxy.Protocol.Money;
using MessagePack;

namespace BttProxy.Protocol.Messages;

/// <summary><c>GET {t}/q/{info-hash}</c>: what the relay can deliver of a torrent.</summary>
/// <param name="Have">One bit per piece, the first in the highest bit; empty while the metadata is unknown.</param>
/// <param name="Seeds">Complete peers the relay is connected to.</param>
/// <param name="Peers">Other peers it is connected to.</param>
/// <param name="RateBytesPerSecond">What it receives from the swarm now.</param>
/// <param name="Price">Per megabyte delivered.</param>
/// <param name="PinPrice">Per megabyte and month kept.</param>
[MessagePackObject]
public sealed record Availability(
    [property: Key(0)] ReadOnlyMemory<byte> Have,
    [property: Key(1)] uint Seeds,
    [property: Key(2)] uint Peers,
    [property: Key(3)] ByteCount RateBytesPerSecond,
    [property: Key(4)] PricePerMegabyte Price,
    [property: Key(5)] PricePerMegabyte PinPrice) : IWireMessage
{
    /// <summary>Room for 8 million pieces.</summary>
    public static int MaxEncodedLength => (1 << 20) + 64;
}
