using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.JsonRpc;

namespace BttProxy.UnitTests.Tron.JsonRpc;

/// <summary>A JSON-RPC service without a network: says what a test wants, and remembers which ranges it was asked for.</summary>
internal sealed class ScriptedService : HttpMessageHandler
{
    public const ulong ChainId = 0x0b77_0001;
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(17);
    public static readonly TronAddress Contract = new(Enumerable.Repeat((byte)0xc0, TronAddress.Length).ToArray());
    public static readonly Bytes32 Topic = new(Enumerable.Repeat((byte)0x70, Bytes32.Length).ToArray());
    public static readonly LogFilter Filter = new(Contract, [Topic, null]);

    public long Head { get; set; } = 1_000_000;

    public string Chain { get; set; } = "0x0b770001";

    /// <summary>Blocks that have one event each.</summary>
    public HashSet<long> Events { get; } = [];

    public List<(long From, long To)> Ranges { get; } = [];

    /// <summary>The difference of the ends that is still answered.</summary>
    public long MaxRange { get; set; } = 5000;

    /// <summary>Changes what is answered to eth_getLogs.</summary>
    public Func<JsonArray, JsonNode?>? Lie { get; set; }

    /// <summary>Answers instead; null for an honest answer.</summary>
    public Func<HttpResponseMessage?>? Interrupt { get; set; }

    public static JsonObject Event(long block, long index = 0) => new()
    {
        ["address"] = "0x" + Convert.ToHexStringLower(Contract.Span),
        ["blockNumber"] = Hex(block),
        ["data"] = "0x",
        ["logIndex"] = Hex(index),
        ["removed"] = false,
        ["topics"] = new JsonArray(Topic.ToString(), Bytes32.Zero.ToString()),
    };

    public Task<List<ContractLog>> FindAsync(long from, long to, TimeProvider time, Action<long, int>? searched = null, int maxBytes = 1 << 20)
    {
        var options = new JsonRpcOptions { Connect = () => this, RequestsPerSecond = 1_000_000, Timeout = Timeout, MaxAnswerBytes = maxBytes };
        return new EventLogs(new JsonRpcService(new Uri("http://service/jsonrpc"), options, time), ChainId, options.MaxBlocks)
            .FindAsync(Filter, from, to, searched ?? ((_, _) => { }), CancellationToken.None);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interrupt?.Invoke() is { } instead)
        {
            return instead;
        }

        using var question = JsonDocument.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        var (id, method) = (question.RootElement.GetProperty("id").GetInt64(), question.RootElement.GetProperty("method").GetString());
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id };
        if (method == "eth_getLogs")
        {
            var filter = question.RootElement.GetProperty("params")[0];
            var (from, to) = (Number(filter, "fromBlock"), Number(filter, "toBlock"));
            Ranges.Add((from, to));
            if (to - from > MaxRange)
            {
                answer["error"] = new JsonObject { ["code"] = -32602, ["message"] = $"exceed max block range: {MaxRange}" };
            }
            else
            {
                var honest = new JsonArray([.. Events.Where(block => block >= from && block <= to).Order().Select(static block => Event(block))]);
                answer["result"] = Lie is null ? honest : Lie(honest);
            }
        }
        else
        {
            answer["result"] = method == "eth_chainId" ? Chain : Hex(Head);
        }

        return Answer(answer.ToJsonString());
    }

    public static HttpResponseMessage Answer(string text, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    private static string Hex(long value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    private static long Number(JsonElement filter, string name) =>
        long.Parse(filter.GetProperty(name).GetString()!.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
