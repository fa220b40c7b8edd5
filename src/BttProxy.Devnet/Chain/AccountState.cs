using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Chain;

/// <param name="Balance">Tokens in the wallet.</param>
/// <param name="Deposit">Tokens in the contract that no channel holds.</param>
/// <param name="Nonce">The number of the next payer transaction.</param>
internal sealed record AccountState(TokenAmount Balance, TokenAmount Deposit, ulong Nonce)
{
    public static AccountState Empty { get; } = new(TokenAmount.Zero, TokenAmount.Zero, 0);
}
