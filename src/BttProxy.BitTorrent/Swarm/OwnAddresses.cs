using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Where others see us: the address that is listened at, where one is named, or else what many peers agree on ("yourip" of BEP 10).
/// Thread-safe.
/// </summary>
internal sealed class OwnAddresses(SwarmOptions options)
{
    private readonly Lock _gate = new();
    private readonly ExternalAddressVotes _votes = new(new AddressRules(options.ConnectGuard));
    private readonly ExternalAddressVotes _votes6 = new(new AddressRules(options.ConnectGuard));
    private IPAddress? _heard;
    private IPAddress? _heard6;

    public IPAddress? Find(AddressFamily family)
    {
        var listen = options.Listen.Address;
        if (listen.AddressFamily == family && !listen.Equals(IPAddress.Any) && !listen.Equals(IPAddress.IPv6Any))
        {
            return listen;
        }
        lock (_gate)
        {
            return family == AddressFamily.InterNetwork ? _heard : _heard6;
        }
    }

    /// <summary>A peer says at what address it sees us.</summary>
    public void Hear(IPEndPoint teller, IPAddress claimed)
    {
        lock (_gate)
        {
            if (claimed.AddressFamily == AddressFamily.InterNetwork)
            {
                _heard = _votes.Add(teller, claimed) ?? _heard;
            }
            else
            {
                _heard6 = _votes6.Add(teller, claimed) ?? _heard6;
            }
        }
    }
}
