using System.Net;
using System.Text;
using BttProxy.Protocol.Networks;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Networks;

public sealed class NetworkDescriptionTests
{
    private const string Good =
        """
        {"version":1,"name":"devnet","chainId":31337,"contract":"TAmjt833Q3mEghnSHEfrG7bMhyaWsWuZEu",
        "token":"TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4","dhtBootstrap":["127.0.0.1:6881","[::1]:6882"],
        "allowPrivateAddresses":true,"chain":{"kind":"tron","nodes":[{"fullNode":"http://127.0.0.1:8090/","solidityNode":"https://127.0.0.1:8091/"}],
        "jsonRpc":["https://127.0.0.1:8545/jsonrpc"],"startBlock":77},
        "wallet":{"file":"wallet.json","passwordFile":"password.txt"}}
        """;

    [Fact]
    public void Description_IsReadAndWrittenBack()
    {
        var network = NetworkDescription.Parse(Encoding.UTF8.GetBytes(Good));
        Assert.Equal("devnet", network.Name);
        Assert.Equal(Samples.Domain, network.Domain);
        Assert.Equal(Samples.Token, network.Token);
        Assert.Equal([IPEndPoint.Parse("127.0.0.1:6881"), IPEndPoint.Parse("[::1]:6882")], network.DhtBootstrap);
        Assert.True(network.AllowPrivateAddresses);
        Assert.Equal([new ChainNode(new Uri("http://127.0.0.1:8090/"), new Uri("https://127.0.0.1:8091/"))], network.Chain.Nodes);
        Assert.Equal([new Uri("https://127.0.0.1:8545/jsonrpc")], network.Chain.JsonRpc);
        Assert.Equal(77, network.Chain.StartBlock);
        Assert.Equal(new WalletReference("wallet.json", "password.txt"), network.Wallet);

        var again = NetworkDescription.Parse(network.ToJson());
        Assert.Equal(network with { DhtBootstrap = again.DhtBootstrap, Chain = again.Chain }, again);
        Assert.Equal(network.Chain.Nodes.AsEnumerable(), again.Chain.Nodes);
        Assert.Equal(network.Chain.JsonRpc.AsEnumerable(), again.Chain.JsonRpc);
        Assert.Equal(network.Chain.StartBlock, again.Chain.StartBlock);
        Assert.Equal(network.DhtBootstrap.AsEnumerable(), again.DhtBootstrap);
        Assert.Null(NetworkDescription.Parse((network with { Wallet = null }).ToJson()).Wallet);
    }

    [Fact]
    public void SearchForEvents_IsOptional_AndOneAddressIsAListOfOne()
    {
        var one = NetworkDescription.Parse(Encoding.UTF8.GetBytes(Good.Replace("[\"https://127.0.0.1:8545/jsonrpc\"]", "\"http://127.0.0.1:1/\"", StringComparison.Ordinal)));
        Assert.Equal([new Uri("http://127.0.0.1:1/")], one.Chain.JsonRpc);
        var none = NetworkDescription.Parse(Encoding.UTF8.GetBytes(
            Good.Replace(",\n\"jsonRpc\":[\"https://127.0.0.1:8545/jsonrpc\"],\"startBlock\":77", "", StringComparison.Ordinal)));
        Assert.Empty(none.Chain.JsonRpc);
        Assert.Equal(0, none.Chain.StartBlock);
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2", "version")]
    [InlineData("\"devnet\"", "\"\"", "name")]
    [InlineData("\"devnet\"", "\"a|b\"", "name")]
    [InlineData("31337", "-1", "chainId")]
    [InlineData("31337", "\"x\"", "chainId")]
    [InlineData("TAmjt833Q3mEghnSHEfrG7bMhyaWsWuZEu", "TAmjt833Q3mEghnSHEfrG7bMhyaWsWuZEv", "contract")]
    [InlineData("\"token\"", "\"tokem\"", "token")]
    [InlineData("127.0.0.1:6881", "127.0.0.1", "dhtBootstrap")]
    [InlineData("127.0.0.1:6881", "localhost:1", "dhtBootstrap")]
    [InlineData("true", "1", "allowPrivateAddresses")]
    [InlineData("\"tron\"", "\"ledger\"", "chain.kind")]
    [InlineData("http://127.0.0.1:8090/", "file:///etc/passwd", "chain.nodes.fullNode")]
    [InlineData("https://127.0.0.1:8091/", "nonsense", "chain.nodes.solidityNode")]
    [InlineData("[{\"fullNode\":\"http://127.0.0.1:8090/\",\"solidityNode\":\"https://127.0.0.1:8091/\"}]", "[]", "chain.nodes")]
    [InlineData("https://127.0.0.1:8545/jsonrpc", "ftp://127.0.0.1/", "chain.jsonRpc")]
    [InlineData("[\"https://127.0.0.1:8545/jsonrpc\"]", "8545", "chain.jsonRpc")]
    [InlineData("[\"https://127.0.0.1:8545/jsonrpc\"]", "[1]", "chain.jsonRpc")]
    [InlineData("77", "-1", "chain.startBlock")]
    [InlineData("77", "1.5", "chain.startBlock")]
    [InlineData("\"passwordFile\"", "\"password\"", "passwordFile")]
    [InlineData("{\"version\"", "[\"version\"", "JSON")]
    [InlineData("\"devnet\"", "\"\\ud800\"", "Unicode")]
    public void DamagedDescription_IsRefusedWithOneLineThatNamesTheField(string part, string replacement, string named)
    {
        var json = Encoding.UTF8.GetBytes(Good.Replace(part, replacement, StringComparison.Ordinal));
        var error = Assert.Throws<InvalidNetworkException>(() => NetworkDescription.Parse(json));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void AnythingElse_IsRefusedAsSuch()
    {
        Assert.Throws<InvalidNetworkException>(() => NetworkDescription.Parse(new byte[NetworkDescription.MaxLength + 1]));
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.String.Select(Encoding.UTF8.GetBytes)).Sample(bytes =>
        {
            Assert.Throws<InvalidNetworkException>(() => NetworkDescription.Parse(bytes));
        });
    }
}
