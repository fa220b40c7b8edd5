using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Spending;

/// <summary>An opening or top-up that a relay was asked to bring to the chain.</summary>
/// <param name="Authorization">The payer's signature.</param>
/// <param name="Fee">What was signed in vouchers for it.</param>
public sealed record ClientOpening(OpenAuthorization Authorization, TokenAmount Fee);
