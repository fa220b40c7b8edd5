using System.Text.Json.Serialization;
using BttProxy.Protocol.Keys;

namespace BttProxy.Tron;

/// <summary>How a transaction ended. A rejected one has changed nothing.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="Block">Where it was executed.</param>
/// <param name="Rejection">Why it changed nothing, or <see cref="ContractRejection.None"/>.</param>
public sealed record ChainReceipt(Bytes32 TransactionId, ulong Block, ContractRejection Rejection)
{
    [JsonIgnore]
    public bool IsAccepted => Rejection == ContractRejection.None;
}
