using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node.Wire;

namespace BttProxy.Devnet.Chain.Node.JsonRpc;

/// <summary>The parameter of <c>eth_getLogs</c>, read as java-tron reads it (LogFilter, LogFilterWrapper).</summary>
internal sealed class LogQuery
{
    private const int MaxTopics = 4;
    private const int MaxAlternatives = 1000;

    private readonly List<HashSet<Bytes32>?> _topics = [];
    private HashSet<TronAddress>? _contracts;

    private LogQuery(long from, long to) => (From, To) = (from, to);

    public long From { get; }

    /// <summary>May lie above the newest block.</summary>
    public long To { get; }

    /// <exception cref="JsonRpcError">Not a query.</exception>
    public static LogQuery Read(JsonElement element, ChainView view)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Invalid("invalid filter");
        }

        var (first, last) = Range(element, view);
        var query = new LogQuery(first, last);
        if (Present(element, "address") is { } address)
        {
            query._contracts = [.. Alternatives(address, "invalid address").Select(static each => new TronAddress(Bytes(each, TronAddress.Length, "invalid address")))];
        }

        if (Present(element, "topics") is { } topics)
        {
            query.ReadTopics(topics);
        }

        return query;
    }

    public bool Matches(TransactionInfo.Types.Log log)
    {
        if (_contracts is { Count: > 0 } contracts && !contracts.Contains(new TronAddress(log.Address.Span)) || _topics.Count > log.Topics.Count)
        {
            return false;
        }

        for (var i = 0; i < _topics.Count; i++)
        {
            if (_topics[i] is { Count: > 0 } wanted && !wanted.Contains(new Bytes32(log.Topics[i].Span)))
            {
                return false;
            }
        }

        return true;
    }

    private static (long First, long Last) Range(JsonElement element, ChainView view)
    {
        var (from, to) = (Text(element, "fromBlock"), Text(element, "toBlock"));
        if (Present(element, "blockHash") is { } hash)
        {
            var id = new Bytes32(Bytes(hash, Bytes32.Length, "invalid blockHash"));
            var number = BinaryPrimitives.ReadInt64BigEndian(id.Span);
            return from is not null || to is not null
                ? throw Invalid("cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other")
                : number >= 0 && number <= view.Number && view.BlockId(number) == id ? (number, number) : throw Invalid("invalid blockHash");
        }

        var last = to is null or "latest" ? long.MaxValue : Number(to, view);
        var first = from is not null ? Number(from, view) : Math.Min(last, view.Number);
        return first <= last ? (first, last) : throw Invalid("please verify: fromBlock <= toBlock");
    }

    private static JsonRpcError Invalid(string why) => new(JsonRpcError.InvalidParameters, why);

    private static JsonElement? Present(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Present(element, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Invalid("invalid block number");

    private static long Number(string text, ChainView view) => text switch
    {
        "latest" => view.Number,
        "earliest" => 0,
        "finalized" => view.SolidNumber,
        "pending" => throw Invalid("TAG pending not supported"),
        _ => text.Length is > 2 and <= 20 && text.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && number >= 0
                ? number
                : throw Invalid("invalid block number"),
    };

    private static List<JsonElement> Alternatives(JsonElement element, string problem) => element.ValueKind switch
    {
        JsonValueKind.String => [element],
        JsonValueKind.Array when element.GetArrayLength() <= MaxAlternatives => [.. element.EnumerateArray()],
        _ => throw Invalid(problem),
    };

    private static byte[] Bytes(JsonElement element, int length, string problem)
    {
        var text = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        text = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        if (text.Length != 2 * length || !text.All(char.IsAsciiHexDigit))
        {
            throw Invalid(problem);
        }

        return Convert.FromHexString(text);
    }

    private void ReadTopics(JsonElement topics)
    {
        if (topics.ValueKind != JsonValueKind.Array || topics.GetArrayLength() > MaxTopics)
        {
            throw Invalid("topics size should be <= 4");
        }

        foreach (var topic in topics.EnumerateArray())
        {
            _topics.Add(topic.ValueKind == JsonValueKind.Null
                ? null
                : [.. Alternatives(topic, "invalid topic(s)").Select(static each => new Bytes32(Bytes(each, Bytes32.Length, "invalid topic(s)")))]);
        }
    }
}
