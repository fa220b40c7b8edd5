using System.Collections.Immutable;
using BttProxy.Tron;

namespace BttProxy.Devnet.Chain;

/// <summary>What a transaction did. When rejected, the state is the one before.</summary>
internal readonly record struct Execution(ContractState State, ContractRejection Rejection, ImmutableArray<ClaimRowResult> Rows)
{
    public static Execution Accepted(ContractState state) => new(state, ContractRejection.None, []);

    public static Execution Rejected(ContractState state, ContractRejection rejection) => new(state, rejection, []);
}
