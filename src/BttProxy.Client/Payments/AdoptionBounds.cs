using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Payments;

/// <summary>What a client knows of a channel without asking its relay.</summary>
/// <param name="Domain">From our own configuration.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Epoch">Its epoch on chain.</param>
/// <param name="Signer">The session key, derived from the wallet.</param>
/// <param name="Claimed">Paid to the relay on chain in this epoch: at least that much was signed.</param>
/// <param name="Reserved">What the channel can pay in this epoch.</param>
/// <param name="Remembered">The highest voucher in the local ledger.</param>
/// <param name="Overdraft">How far above that a relay is believed; null where the ledger has no memory of the epoch at all.</param>
internal readonly record struct AdoptionBounds(
    ChannelDomain Domain, ChannelId Channel, ulong Epoch, TronAddress Signer, TokenAmount Claimed, TokenAmount Reserved,
    SignedVoucher? Remembered, TokenAmount? Overdraft);
