using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Settlement;

/// <summary>Payers who owe so much that the operator's caps are near.</summary>
internal sealed class ExposedPayers
{
    private readonly HashSet<TronAddress> _payers = [];

    public ExposedPayers(IReadOnlyCollection<UnclaimedChannel> unclaimed, SettlementOptions options, CreditOptions credit)
    {
        var owed = unclaimed.GroupBy(static channel => channel.Payer)
            .Select(static payer => (Payer: payer.Key, Owed: payer.Aggregate(TokenAmount.Zero, static (sum, channel) => sum + channel.Value)))
            .OrderByDescending(static payer => payer.Owed)
            .ToList();
        var total = owed.Aggregate(TokenAmount.Zero, static (sum, payer) => sum + payer.Owed);
        var (perPayer, inTotal) = (Part(credit.MaxUnclaimedPerPayer, options), Part(credit.MaxUnclaimedTotal, options));
        foreach (var (payer, amount) in owed)
        {
            // Of all payers together, those who owe most, until the rest is below the line.
            if (amount >= perPayer || total >= inTotal)
            {
                _payers.Add(payer);
                total -= amount;
            }
        }
    }

    public bool Contains(TronAddress payer) => _payers.Contains(payer);

    private static TokenAmount Part(TokenAmount cap, SettlementOptions options) =>
        new((cap.Units / 100 * (UInt128)options.ExposurePercent) + (cap.Units % 100 * (UInt128)options.ExposurePercent / 100));
}
