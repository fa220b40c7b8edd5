namespace BttProxy.Tron;

/// <summary>A transaction, or why the contract would refuse it in the newest block.</summary>
/// <param name="Transaction">Null when it would be refused.</param>
/// <param name="Rejection">Why, or <see cref="ContractRejection.None"/>.</param>
public sealed record ChainProposal(ChainTransaction? Transaction, ContractRejection Rejection);
