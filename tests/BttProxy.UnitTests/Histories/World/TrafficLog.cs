using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>All traffic, and every row of which anybody could make a claim.</summary>
internal sealed class TrafficLog
{
    private const int MostRows = 200;

    private readonly Dictionary<(ChannelId, ulong), Traffic> _traffic = [];
    private readonly List<ClaimRow> _rows = [];

    public IReadOnlyCollection<Traffic> All => _traffic.Values;

    public IReadOnlyList<ClaimRow> Rows => _rows;

    public IReadOnlyCollection<ChannelId> Channels => [.. _traffic.Keys.Select(static key => key.Item1).Distinct()];

    public Traffic Of(ChannelTerms terms, ulong epoch, HistoryRelay relay, bool isPayerHonest)
    {
        var key = (terms.Id(relay.Domain), epoch);
        if (!_traffic.TryGetValue(key, out var traffic))
        {
            traffic = new Traffic(terms, epoch, relay, isPayerHonest);
            _traffic[key] = traffic;
        }

        return traffic;
    }

    public void Keep(ChannelTerms terms, SignedVoucher voucher)
    {
        if (_rows.Count < MostRows)
        {
            _rows.Add(new ClaimRow(terms, voucher));
        }
    }
}
