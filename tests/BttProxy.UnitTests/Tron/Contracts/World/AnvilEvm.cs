using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>An independent EVM over JSON-RPC: anvil, which signs for everybody.</summary>
internal sealed class AnvilEvm(HttpClient client, ulong chainId) : IEvm
{
    // High enough that no call of the tests runs out of it, and that a payout's own limit is what stops it.
    private const string Gas = "0x1c9c380";

    private int _id;

    public ulong ChainId => chainId;

    public async Task<TronAddress> DeployAsync(ReadOnlyMemory<byte> code)
    {
        var receipt = await MineAsync(new JsonObject { ["from"] = Text(ChannelsWorld.Stranger.Address), ["data"] = Text(code), ["gas"] = Gas, ["gasPrice"] = "0x0" });
        return Address(receipt.GetProperty("contractAddress"));
    }

    public async Task<EvmOutcome> SendAsync(TronAddress from, TronAddress to, ReadOnlyMemory<byte> input)
    {
        var receipt = await MineAsync(
            new JsonObject { ["from"] = Text(from), ["to"] = Text(to), ["data"] = Text(input), ["gas"] = Gas, ["gasPrice"] = "0x0" });
        var cost = (long)Number(receipt.GetProperty("gasUsed"));
        if (receipt.GetProperty("status").GetString() == "0x1")
        {
            return new EvmOutcome(true, default, [.. receipt.GetProperty("logs").EnumerateArray().Select(Log)], cost);
        }

        var trace = await AskAsync(
            "debug_traceTransaction", receipt.GetProperty("transactionHash").GetString(), new JsonObject { ["tracer"] = "callTracer" });
        return new EvmOutcome(false, trace.TryGetProperty("output", out var output) ? Data(output) : default, [], cost);
    }

    public async Task<EvmOutcome> CallAsync(TronAddress to, ReadOnlyMemory<byte> input)
    {
        var answer = await AskAsync("eth_call", new JsonObject { ["to"] = Text(to), ["data"] = Text(input) }, "latest");
        return new EvmOutcome(true, Data(answer), [], 0);
    }

    public async Task<ulong> TimeAsync() => Number((await AskAsync("eth_getBlockByNumber", "latest", false)).GetProperty("timestamp"));

    public Task SetNextTimeAsync(ulong unixSeconds) => AskAsync("evm_setNextBlockTimestamp", unixSeconds);

    public async Task<JsonElement> AskAsync(string method, params IEnumerable<JsonNode?> parameters)
    {
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = ++_id, ["method"] = method, ["params"] = new JsonArray([.. parameters]) };
        using var response = await client.PostAsJsonAsync("", request);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {answer}");
    }

    private async Task<JsonElement> MineAsync(JsonObject transaction)
    {
        var hash = (await AskAsync("eth_sendTransaction", transaction)).GetString();
        for (var i = 0; i < 5_000; i++)
        {
            var receipt = await AskAsync("eth_getTransactionReceipt", hash);
            if (receipt.ValueKind == JsonValueKind.Object)
            {
                return receipt;
            }

            await Task.Delay(1);
        }

        throw new TimeoutException($"{hash} is in no block.");
    }

    private static ContractLog Log(JsonElement log) => new(
        Address(log.GetProperty("address")),
        [.. log.GetProperty("topics").EnumerateArray().Select(topic => Bytes32.Parse(topic.GetString()))],
        Data(log.GetProperty("data")));

    private static ulong Number(JsonElement number) =>
        ulong.Parse(number.GetString()!.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte[] Data(JsonElement data) => Convert.FromHexString(data.GetString()!.AsSpan(2));

    private static TronAddress Address(JsonElement address) => new(Data(address));

    private static string Text(TronAddress address) => "0x" + Convert.ToHexStringLower(address.Span);

    private static string Text(ReadOnlyMemory<byte> data) => "0x" + Convert.ToHexStringLower(data.Span);
}
