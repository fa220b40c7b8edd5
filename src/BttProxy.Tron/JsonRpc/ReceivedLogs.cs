using System.Collections.Immutable;
using System.Text.Json;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;

namespace BttProxy.Tron.JsonRpc;

/// <summary>Reads an answer to <c>eth_getLogs</c>, and believes it only when it answers what was asked.</summary>
internal static class ReceivedLogs
{
    /// <summary>java-tron refuses to find more.</summary>
    private const int MaxLogs = 10_000;

    private const int MaxTopics = 4;
    private const int MaxDataBytes = 64 * 1024;

    /// <summary>What is wrong with the answer; null when nothing is.</summary>
    public static string? Read(JsonElement result, LogFilter filter, long from, long to, List<ContractLog> logs)
    {
        if (result.ValueKind != JsonValueKind.Array || result.GetArrayLength() > MaxLogs)
        {
            return $"no list of at most {MaxLogs} events";
        }

        var last = (Block: -1L, Index: -1L);
        foreach (var element in result.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                return "an event that is no object";
            }

            if (!Quantity(element, "blockNumber", out var block) || block < from || block > to)
            {
                return "an event of a block that was not asked for";
            }

            if (!Quantity(element, "logIndex", out var index) || (block, index).CompareTo(last) <= 0)
            {
                return "events twice or out of order";
            }

            last = (block, index);
            if (element.TryGetProperty("removed", out var removed) && removed.ValueKind is not (JsonValueKind.False or JsonValueKind.Null))
            {
                return "an event that was undone, in a block that is final";
            }

            if (ReadLog(element) is not { } log || !filter.Matches(log))
            {
                return "an event that was not asked for";
            }

            logs.Add(log);
        }

        return null;
    }

    private static ContractLog? ReadLog(JsonElement element)
    {
        if (!element.TryGetProperty("address", out var address) || !JsonRpcText.TryReadBytes(address, TronAddress.Length, out var contract)
            || contract.Length != TronAddress.Length
            || !element.TryGetProperty("data", out var data) || !JsonRpcText.TryReadBytes(data, MaxDataBytes, out var bytes)
            || !element.TryGetProperty("topics", out var topics) || topics.ValueKind != JsonValueKind.Array || topics.GetArrayLength() > MaxTopics)
        {
            return null;
        }

        var words = ImmutableArray.CreateBuilder<Bytes32>();
        foreach (var topic in topics.EnumerateArray())
        {
            if (!JsonRpcText.TryReadBytes(topic, Bytes32.Length, out var word) || word.Length != Bytes32.Length)
            {
                return null;
            }

            words.Add(new Bytes32(word));
        }

        return new ContractLog(new TronAddress(contract), words.ToImmutable(), bytes);
    }

    private static bool Quantity(JsonElement element, string name, out long value)
    {
        value = 0;
        return element.TryGetProperty(name, out var property) && JsonRpcText.TryReadQuantity(property, out value);
    }
}
