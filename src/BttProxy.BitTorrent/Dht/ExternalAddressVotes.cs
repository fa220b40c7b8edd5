using System.Net;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// What others say our address is (the "ip" field of BEP 42). It is believed when at least eight networks have spoken
/// and more than half of them agree, one vote per network.
/// </summary>
internal sealed class ExternalAddressVotes(AddressRules rules)
{
    public const int Quorum = 8;
    private const int MaxVotes = 64;

    private readonly Dictionary<IPAddress, IPAddress> _votes = [];

    /// <returns>The address that has won, or null.</returns>
    public IPAddress? Add(IPEndPoint voter, IPAddress claimed)
    {
        if (rules.Subnet(voter) is not { } subnet || AddressRules.IsLocal(claimed)
            || claimed.AddressFamily != voter.AddressFamily || !rules.MayContact(new IPEndPoint(claimed, 1024)))
        {
            return null;
        }
        if (_votes.Count >= MaxVotes && !_votes.ContainsKey(subnet))
        {
            _votes.Clear();
        }
        _votes[subnet] = claimed;
        if (_votes.Count < Quorum)
        {
            return null;
        }
        var agreeing = _votes.Values.Count(claimed.Equals);
        return agreeing * 2 > _votes.Count ? claimed : null;
    }
}
