using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron;

/// <summary>A channel as the contract holds it. After a close it stays, at the next epoch with nothing reserved.</summary>
/// <param name="Terms">Null where the chain keeps only their hash.</param>
/// <param name="Reserved">The channel's total in this epoch, claimed part included.</param>
/// <param name="Claimed">Paid to the payee in this epoch.</param>
/// <param name="Epoch">Rises at each close.</param>
/// <param name="WithdrawAt">Unix seconds from which the payer may take the rest back; null when not asked for.</param>
public sealed record ChainChannel(ChannelTerms? Terms, TokenAmount Reserved, TokenAmount Claimed, ulong Epoch, ulong? WithdrawAt);
