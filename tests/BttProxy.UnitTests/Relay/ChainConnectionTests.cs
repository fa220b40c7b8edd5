using System.Net;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Tron.Node;
using Xunit;

namespace BttProxy.UnitTests.Relay;

public sealed class ChainConnectionTests : IDisposable
{
    private readonly string _keyFile = Path.GetTempFileName();
    private readonly Secp256k1Key _key = Secp256k1Key.Generate();

    public void Dispose()
    {
        File.Delete(_keyFile);
        _key.Dispose();
    }

    [Theory]
    [InlineData("0123abcd-key\n", true)]
    [InlineData("", false)]
    [InlineData("two lines\nof text", false)]
    public void ApiKey_IsOneLineOfItsFile(string content, bool isGood)
    {
        File.WriteAllText(_keyFile, content);
        var failure = Record.Exception(() => Open(new ChainOptions { Nodes = [Node(_keyFile)] }).Dispose());
        Assert.Equal(isGood, failure is null);
        Assert.DoesNotContain("two lines", failure?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void MissingKeyFile_IsNamed() => Assert.Contains(
        "'no-such-key'",
        Assert.Throws<RelayConfigurationException>(() => Open(new ChainOptions { Nodes = [Node("no-such-key")] })).Message, StringComparison.Ordinal);

    [Fact]
    public void AgreementOfMoreNodesThanTheNetworkNames_IsRefused() => Assert.StartsWith(
        "Chain: 2 of 1 TRON nodes cannot agree",
        Assert.Throws<RelayConfigurationException>(() => Open(new ChainOptions { Agreement = 2 })).Message, StringComparison.Ordinal);

    private static ChainNodeOptions Node(string keyFile) =>
        new() { FullNode = "http://127.0.0.1:1", SolidityNode = "http://127.0.0.1:2", ApiKeyFile = keyFile };

    private TronChannelChain Open(ChainOptions options) => ChainConnection.Open(options, Network, _key, TimeProvider.System);

    private static NetworkDescription Network => new()
    {
        Name = "test",
        ChainId = 1,
        Contract = TronAddress.Zero,
        Token = TronAddress.Zero,
        DhtBootstrap = [new IPEndPoint(IPAddress.Loopback, 1)],
        Chain = new ChainDescription([new ChainNode(new Uri("http://127.0.0.1:1"), new Uri("http://127.0.0.1:2"))]),
    };
}
