using System.Net;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The addresses known for one torrent, when each may be tried next, and which are banned. Changed only under the lock.</summary>
internal sealed class PeerBook
{
    private const int MaxAddresses = 2000;
    private const int MaxBanned = 4096;
    private const int MaxFailures = 8;

    // What peers say of each other costs them nothing: it takes half of the book at most, and an address that does not answer is soon forgotten.
    private const int MaxExchanged = MaxAddresses / 2;
    private const int MaxByOneTeller = 200;
    private const int MaxPortsOfAddress = 4;
    private const int MaxFailuresOfExchanged = 2;

    private const int FirstBackOffMilliseconds = 500;
    private const int MaxBackOffMilliseconds = 60_000;

    private readonly Dictionary<IPEndPoint, KnownPeer> _entries = [];
    private readonly HashSet<object> _banned = [];

    public int Count => _entries.Count;

    /// <summary>Adds an address; false when it is known, banned, or has no room.</summary>
    /// <param name="endPoint">The address.</param>
    /// <param name="source">Who named it.</param>
    /// <param name="teller">The peer that did, in peer exchange.</param>
    public bool Add(IPEndPoint endPoint, PeerSource source = PeerSource.Given, IPAddress? teller = null)
    {
        endPoint = endPoint.Unmapped();
        if (_entries.TryGetValue(endPoint, out var known))
        {
            known.Source = known.Source < source ? known.Source : source;
            return false;
        }
        if (IsBanned(endPoint) || !(source == PeerSource.PeerExchange ? HasRoomForExchanged(endPoint, teller) : MakeRoom()))
        {
            return false;
        }
        _entries.Add(endPoint, new KnownPeer(source, teller));
        return true;
    }

    /// <summary>Null when the address is not known.</summary>
    public PeerSource? SourceOf(IPEndPoint endPoint) => _entries.TryGetValue(endPoint, out var entry) ? entry.Source : null;

    /// <summary>Keeps what the user and the trackers named.</summary>
    public void ForgetHearsay()
    {
        foreach (var (endPoint, entry) in _entries)
        {
            if (entry.Source > PeerSource.Tracker)
            {
                _entries.Remove(endPoint);
            }
        }
    }

    /// <summary>
    /// The address to dial next: one that failed least, then of a network that has the fewest of our connections, then one that not only
    /// other peers name, then by priority. Null when none may be tried now.
    /// </summary>
    public IPEndPoint? TakeNext(long now, Func<IPEndPoint, uint> priority)
    {
        var networks = _entries.Where(entry => entry.Value.InUse).CountBy(entry => NetworkOf(entry.Key.Address)).ToDictionary();
        var next = _entries.Where(entry => !entry.Value.InUse && entry.Value.RetryAt <= now)
            .OrderBy(entry => entry.Value.Failures)
            .ThenBy(entry => networks.GetValueOrDefault(NetworkOf(entry.Key.Address)))
            .ThenBy(entry => entry.Value.Source == PeerSource.PeerExchange)
            .ThenByDescending(entry => priority(entry.Key))
            .FirstOrDefault();
        if (next.Key is not null)
        {
            next.Value.InUse = true;
        }
        return next.Key;
    }

    /// <summary>Dials and connections in a row that came to nothing.</summary>
    public int FailuresOf(IPEndPoint endPoint) => _entries.TryGetValue(endPoint, out var entry) ? entry.Failures : 0;

    /// <summary>The connection ended or never came to be.</summary>
    public void Release(IPEndPoint endPoint, bool wasUseful, long now)
    {
        if (!_entries.TryGetValue(endPoint, out var entry))
        {
            return;
        }
        entry.InUse = false;
        entry.Failures = wasUseful ? 0 : entry.Failures + 1;
        if (entry.Failures >= (entry.Source == PeerSource.PeerExchange ? MaxFailuresOfExchanged : MaxFailures))
        {
            _entries.Remove(endPoint);
            return;
        }
        entry.RetryAt = now + Math.Min(MaxBackOffMilliseconds, FirstBackOffMilliseconds << entry.Failures);
    }

    /// <summary>Never again: it is ourselves, or it sent bad data.</summary>
    public void Ban(IPEndPoint endPoint)
    {
        _entries.Remove(endPoint);
        if (_banned.Count < MaxBanned)
        {
            _banned.Add(BanKey(endPoint));
        }
    }

    public void Forget(IPEndPoint endPoint) => _entries.Remove(endPoint);

    public void Clear() => _entries.Clear();

    public bool IsBanned(IPEndPoint endPoint) => _banned.Contains(BanKey(endPoint));

    // A new port is no new start for a host; on loopback, though, every peer of a test network has the same address.
    private static object BanKey(IPEndPoint endPoint) =>
        IPAddress.IsLoopback(endPoint.Address) ? endPoint : AddressLimit.KeyOf(endPoint.Address);

    /// <summary>The /24 of an IPv4 address, the /48 of an IPv6 address.</summary>
    private static UInt128 NetworkOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out var length);
        bytes[(length == 4 ? 3 : 6)..].Clear();
        bytes[^1] = (byte)length;
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private bool HasRoomForExchanged(IPEndPoint endPoint, IPAddress? teller)
    {
        var (exchanged, byTeller, ports) = (0, 0, 0);
        foreach (var (other, entry) in _entries)
        {
            ports += other.Address.Equals(endPoint.Address) ? 1 : 0;
            if (entry.Source == PeerSource.PeerExchange)
            {
                exchanged++;
                byTeller += Equals(entry.Teller, teller) ? 1 : 0;
            }
        }
        return _entries.Count < MaxAddresses && exchanged < MaxExchanged && byTeller < MaxByOneTeller
            && (ports < MaxPortsOfAddress || IPAddress.IsLoopback(endPoint.Address));
    }

    private bool MakeRoom()
    {
        if (_entries.Count < MaxAddresses)
        {
            return true;
        }
        var exchanged = _entries.FirstOrDefault(entry => entry.Value is { Source: PeerSource.PeerExchange, InUse: false }).Key;
        return exchanged is not null && _entries.Remove(exchanged);
    }
}
