using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Embedded;

/// <summary>The ledger's answer about one address.</summary>
/// <param name="Balance">Tokens in the wallet.</param>
/// <param name="Deposit">Tokens in the contract that no channel holds.</param>
/// <param name="Nonce">The number that the next payer transaction must carry.</param>
public sealed record LedgerAccount(TokenAmount Balance, TokenAmount Deposit, ulong Nonce);
