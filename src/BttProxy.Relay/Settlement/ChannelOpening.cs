using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>One channel's opening, or top-up, on its way to the chain. Used under the channel's lock.</summary>
internal sealed class ChannelOpening(TokenAmount amount, ulong epoch, ChainTransaction? transaction, ulong firstSeen)
{
    /// <summary>The total that it reserves.</summary>
    public TokenAmount Amount => amount;

    public ulong Epoch => epoch;

    /// <summary>Null when the chain showed it coming and it is not known who sent it: this relay before a restart, or anybody.</summary>
    public ChainTransaction? Transaction => transaction;

    /// <summary>Without a transaction: the newest block when it was first seen.</summary>
    public ulong FirstSeen => firstSeen;

    /// <summary>Time stamp of the chain's last answer about it.</summary>
    public long LookedAt { get; set; }

    /// <summary>That answer.</summary>
    public ChannelPending? Answer { get; set; }

    public bool Covers(OpenAuthorization authorization) => Epoch == authorization.Epoch && Amount >= authorization.Amount;
}
