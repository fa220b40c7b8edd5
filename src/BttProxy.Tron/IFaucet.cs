using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron;

/// <summary>Makes tokens from nothing: on test chains only.</summary>
public interface IFaucet
{
    /// <exception cref="ChainException">The chain cannot be reached.</exception>
    Task<ChainReceipt> FaucetAsync(TronAddress to, TokenAmount amount, CancellationToken cancellationToken);
}
