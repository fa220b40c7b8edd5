using BttProxy.Tron.Node.Wire;

namespace BttProxy.Devnet.Chain.Node;

/// <param name="Transaction">What was sent.</param>
/// <param name="MostEnergy">A fault gave it no more than this.</param>
/// <param name="Info">How it ended.</param>
internal sealed record IncludedTransaction(ReceivedTransaction Transaction, long MostEnergy, TransactionInfo Info);
