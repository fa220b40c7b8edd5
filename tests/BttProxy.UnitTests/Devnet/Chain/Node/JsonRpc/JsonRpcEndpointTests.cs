using System.Net;
using System.Text;
using System.Text.Json;
using BttProxy.Devnet.Chain;
using BttProxy.Devnet.Chain.Node;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.UnitTests.BitTorrent;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Node.JsonRpc;

/// <summary>The embedded node's JSON-RPC, over HTTP on loopback; what it should say is java-tron's.</summary>
public sealed class JsonRpcEndpointTests : IAsyncLifetime
{
    private const long InitialBlocks = 30_000;
    private const string Transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private static readonly TronAddress Receiver = new(Enumerable.Repeat((byte)7, TronAddress.Length).ToArray());

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private DevnetChain _chain = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Token => "0x" + Convert.ToHexStringLower(_chain.Token.Span);

    public async ValueTask InitializeAsync()
    {
        _chain = await DevnetChain.StartAsync(
            _folder.Path, new NodeOptions { BlockTime = TimeSpan.Zero, InitialBlocks = InitialBlocks, Gift = DevnetChain.Gift },
            new IPEndPoint(IPAddress.Loopback, 0), TimeProvider.System, NullLoggerFactory.Instance, Cancel);
        await _chain.FaucetAsync(Receiver, TokenAmount.FromBtt(1), Cancel);
        await _chain.FaucetAsync(Receiver, TokenAmount.FromBtt(2), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _chain.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Events_AreFoundByContractAndTopics()
    {
        var all = await LogsAsync($$"""{"fromBlock":"0x7530","toBlock":"latest","address":"{{Token}}","topics":["{{Transfer}}"]}""");
        Assert.Equal(2, all.GetArrayLength());
        Assert.Equal(("0x7531", "0x0", false), (
            all[0].GetProperty("blockNumber").GetString(), all[0].GetProperty("logIndex").GetString(), all[0].GetProperty("removed").GetBoolean()));
        Assert.Equal(Token, all[0].GetProperty("address").GetString());
        Assert.Equal(Transfer, all[0].GetProperty("topics")[0].GetString());

        var receiver = "0x" + new string('0', 24) + Convert.ToHexStringLower(Receiver.Span);
        Assert.Equal(1, (await LogsAsync($$"""{"blockHash":"{{all[0].GetProperty("blockHash").GetString()}}"}""")).GetArrayLength());
        Assert.Equal(2, (await LogsAsync($$"""{"fromBlock":"0x7531","topics":[null,[],["{{receiver}}"]]}""")).GetArrayLength());
        Assert.Equal(1, (await LogsAsync($$"""{"fromBlock":"0x7532","toBlock":"finalized","topics":[null,null,"{{receiver}}"]}""")).GetArrayLength());
        Assert.Equal(0, (await LogsAsync($$"""{"fromBlock":"0x7531","topics":["{{receiver}}"]}""")).GetArrayLength());
        Assert.Equal(0, (await LogsAsync($$"""{"fromBlock":"0x7531","topics":[null,null,null,null]}""")).GetArrayLength());
        Assert.Equal(0, (await LogsAsync($$"""{"fromBlock":"0x7531","address":["{{receiver[^40..]}}"]}""")).GetArrayLength());
    }

    [Fact]
    public async Task HeadAndChain_AreQuantities()
    {
        using var answers = await PostAsync(
            """[{"jsonrpc":"2.0","id":"a","method":"eth_blockNumber"},{"jsonrpc":"2.0","id":2,"method":"eth_chainId","params":[]}]""");
        Assert.Equal(("a", "0x7532"), (answers.RootElement[0].GetProperty("id").GetString(), answers.RootElement[0].GetProperty("result").GetString()));
        Assert.Equal("0xb770001", answers.RootElement[1].GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("not JSON", -32700)]
    [InlineData("""{"id":1,"method":"\ud800"}""", -32700)]
    [InlineData("""[{"id":1,"method":"eth_chainId"},{"id":"\ud800","method":"eth_chainId"}]""", -32700)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"fromBlock":"\ud800"}]}""", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("7", -32600)]
    [InlineData("""{"id":1}""", -32600)]
    [InlineData("""{"id":1,"method":"eth_sendRawTransaction"}""", -32601)]
    [InlineData("""{"id":1,"method":"eth_getLogs"}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x0","toBlock":"0x1389"}]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x0"}]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x2","toBlock":"0x1"}]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"fromBlock":"7"}]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"fromBlock":"pending"}]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"address":"0x12"}]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"topics":["0x12"]}]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"topics":[null,null,null,null,null]}]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_getLogs","params":[{"blockHash":"0x12"}]}""", -32602)]
    public async Task WrongRequest_IsAnsweredWithJavaTronsCode(string request, int code)
    {
        using var answer = await PostAsync(request);
        Assert.Equal(code, answer.RootElement.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task WidestRange_IsFiveThousandBlocksApart()
    {
        Assert.Equal(0, (await LogsAsync("""{"fromBlock":"0x0","toBlock":"0x1388"}""")).GetArrayLength());
        using var wider = await PostAsync("""{"id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x0","toBlock":"0x1389"}]}""");
        Assert.Equal("exceed max block range: 5000", wider.RootElement.GetProperty("error").GetProperty("message").GetString());
    }

    private async Task<JsonElement> LogsAsync(string filter)
    {
        using var answer = await PostAsync($$"""{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{{filter}}]}""");
        return answer.RootElement.GetProperty("result").Clone();
    }

    private async Task<JsonDocument> PostAsync(string request)
    {
        using var content = new StringContent(request, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(_chain.Host.JsonRpcUrl, content, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
    }
}
