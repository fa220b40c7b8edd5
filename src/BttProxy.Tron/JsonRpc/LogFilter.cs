using System.Collections.Immutable;
using System.Text.Json;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;

namespace BttProxy.Tron.JsonRpc;

/// <summary>Which events are looked for.</summary>
/// <param name="Contract">Who emitted them.</param>
/// <param name="Topics">What their topics are, in order; null where any will do.</param>
internal sealed record LogFilter(TronAddress Contract, ImmutableArray<Bytes32?> Topics)
{
    public bool Matches(ContractLog log) =>
        log.Contract == Contract && log.Topics.Length >= Topics.Length
        && Topics.Zip(log.Topics).All(static pair => pair.First is not { } wanted || wanted == pair.Second);

    /// <summary>The parameter of <c>eth_getLogs</c>; addresses have 20 bytes there.</summary>
    public void Write(Utf8JsonWriter writer, long from, long to)
    {
        writer.WriteStartObject();
        writer.WriteString("fromBlock", JsonRpcText.Quantity(from));
        writer.WriteString("toBlock", JsonRpcText.Quantity(to));
        writer.WriteString("address", "0x" + Convert.ToHexStringLower(Contract.Span));
        writer.WriteStartArray("topics");
        foreach (var topic in Topics)
        {
            if (topic is { } value)
            {
                writer.WriteStringValue(value.ToString());
            }
            else
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
