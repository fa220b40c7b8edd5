using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Tunnel;

/// <summary>Where public relays and clients meet in the DHT.</summary>
public static class Rendezvous
{
    public const int ShardCount = 8;

    /// <summary>Length of the info-hashes and targets below.</summary>
    public const int HashLength = 20;

    public static TimeSpan EpochLength => TimeSpan.FromHours(6);

    public static int Shard(RelayId id) => id.Value.Span[0] & (ShardCount - 1);

    public static long Epoch(DateTimeOffset now) => now.ToUnixTimeSeconds() / (long)EpochLength.TotalSeconds;

    /// <summary>SHA1("bttproxy/1|" + network + "|" + shard + "|" + epoch), with decimal numbers.</summary>
    public static byte[] InfoHash(string network, int shard, long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, ShardCount);
        return Sha1(string.Create(CultureInfo.InvariantCulture, $"{ProtocolConstants.RendezvousLabel}{network}|{shard}|{epoch}"));
    }

    /// <summary>Target of the BEP 44 get that only relays answer, with their own record.</summary>
    public static byte[] SelfTarget() => Sha1(ProtocolConstants.SelfTargetLabel);

    private static byte[] Sha1(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
}
