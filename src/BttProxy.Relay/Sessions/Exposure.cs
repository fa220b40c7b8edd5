using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Sessions;

/// <summary>What payers' vouchers are worth above what is claimed, per payer with a live session and in total.</summary>
internal sealed class Exposure
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TronAddress, TokenAmount> _perPayer = [];
    private TokenAmount _total;

    public TokenAmount Total
    {
        get
        {
            lock (_lock)
            {
                return _total;
            }
        }
    }

    public TokenAmount Of(TronAddress payer)
    {
        lock (_lock)
        {
            return _perPayer.GetValueOrDefault(payer);
        }
    }

    /// <summary>Takes over what the ledger says, of all payers that owe something.</summary>
    public void Set(IReadOnlyDictionary<TronAddress, TokenAmount> owed)
    {
        lock (_lock)
        {
            _total = owed.Values.Aggregate(TokenAmount.Zero, static (sum, amount) => sum + amount);
            foreach (var payer in _perPayer.Keys)
            {
                _perPayer[payer] = owed.GetValueOrDefault(payer);
            }
        }
    }

    public void SetPayer(TronAddress payer, TokenAmount unclaimed)
    {
        lock (_lock)
        {
            _perPayer[payer] = unclaimed;
        }
    }

    public void Forget(TronAddress payer)
    {
        lock (_lock)
        {
            _perPayer.Remove(payer);
        }
    }

    public void Accepted(TronAddress payer, TokenAmount added)
    {
        lock (_lock)
        {
            _total += added;
            _perPayer[payer] = _perPayer.GetValueOrDefault(payer) + added;
        }
    }

    public void Claimed(TronAddress payer, TokenAmount claimed)
    {
        lock (_lock)
        {
            _total = _total.SubtractSaturating(claimed);
            if (_perPayer.TryGetValue(payer, out var before))
            {
                _perPayer[payer] = before.SubtractSaturating(claimed);
            }
        }
    }
}
