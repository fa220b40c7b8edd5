using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Counts places by address; an IPv6 host owns its whole /64, so that is one address here. Thread-safe.</summary>
internal sealed class AddressLimit(int limit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, int> _taken = [];

    public bool TryTake(IPAddress address)
    {
        var key = KeyOf(address);
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(key);
            if (taken >= limit)
            {
                return false;
            }
            _taken[key] = taken + 1;
            return true;
        }
    }

    public void Return(IPAddress address)
    {
        var key = KeyOf(address);
        lock (_gate)
        {
            if (_taken[key] == 1)
            {
                _taken.Remove(key);
            }
            else
            {
                _taken[key]--;
            }
        }
    }

    /// <summary>Equal for addresses that count as one.</summary>
    public static UInt128 KeyOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        var isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;
        (isIPv6 ? address : address.MapToIPv6()).TryWriteBytes(bytes, out _);
        if (isIPv6)
        {
            bytes[8..].Clear();
        }
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
