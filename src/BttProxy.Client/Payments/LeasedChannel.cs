using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Payments;

/// <summary>A channel that this process alone may sign for, and the key that does.</summary>
/// <param name="Channel">As the client's ledger knows it.</param>
/// <param name="Lease">The lock; disposed with this.</param>
/// <param name="SessionKey">Derived from the wallet; disposed with this.</param>
/// <param name="Authorization">For a relay that has yet to open the channel; null when the chain knows it.</param>
internal sealed record LeasedChannel(ClientChannel Channel, ChannelLease Lease, Secp256k1Key SessionKey, OpenAuthorization? Authorization) : IDisposable
{
    public ChannelId Id => Channel.Id;

    public ulong Epoch => Channel.Epoch;

    /// <summary>Paid to the relay on chain in this epoch.</summary>
    public TokenAmount Claimed { get; init; }

    /// <summary>Signed just now for the relay's fee of that opening; part of the channel's highest voucher.</summary>
    public TokenAmount Fee { get; init; }

    /// <summary>The ledger has no memory of this epoch: another computer paid with the channel.</summary>
    public bool IsForgotten { get; init; }

    public void Dispose()
    {
        Lease.Dispose();
        SessionKey.Dispose();
    }
}
