using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Books;

/// <summary>Where the payer's tokens are, all read from the chain.</summary>
/// <param name="WalletBefore">Tokens in the wallet before the download.</param>
/// <param name="WalletAfter">Tokens in the wallet after the claims.</param>
/// <param name="Deposited">Tokens in the contract that no channel holds.</param>
/// <param name="Reserved">Tokens in the contract that channels hold and nobody has claimed.</param>
internal sealed record PayerStatement(TokenAmount WalletBefore, TokenAmount WalletAfter, TokenAmount Deposited, TokenAmount Reserved);
