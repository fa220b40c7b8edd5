using System.Net;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using Xunit;

namespace BttProxy.UnitTests.Relay.Configuration;

public sealed class RelayConfigurationFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void AllKinds_AreRead()
    {
        var options = Load("""
            {
              "stateDirectory": "here", // a comment
              "tunnel": { "listen": "127.0.0.1:8443", "publicEndPoints": ["203.0.113.7:443", "[2001:db8::1]:443"] },
              "offer": { "pricePerMegabyte": "123456789012345678901234567890" },
              "credit": { "creditWait": "00:00:07", "windowFloorBytes": 65536 },
              "worker": { "swarmListenIPv6": "[::]:0", "encryption": "require", "transports": "utp" },
              "cache": { "maxBytes": 107374182400, "maxBytesPerTorrent": null },
              "chain": { "nodes": [{ "fullNode": "http://203.0.113.1:50051", "solidityNode": "http://203.0.113.1:50052", "apiKeyFile": "key" }] },
              "settlement": { "tokensPerTrx": "600000000000000000000000", "claimAge": "7.00:00:00" },
            }
            """);

        Assert.Equal("here", options.StateDirectory);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8443), options.Tunnel.Listen);
        Assert.Equal(2, options.Tunnel.PublicEndPoints.Count);
        Assert.Equal(("http://203.0.113.1:50051", "key"), (Assert.Single(options.Chain.Nodes).FullNode, options.Chain.Nodes[0].ApiKeyFile));
        Assert.Equal((TokenAmount.FromBtt(600_000), TimeSpan.FromDays(7)), (options.Settlement.TokensPerTrx, options.Settlement.ClaimAge));
        Assert.Equal(new PricePerMegabyte(UInt128.Parse("123456789012345678901234567890", null)), options.Offer.PricePerMegabyte);
        Assert.Equal((TimeSpan.FromSeconds(7), 65536), (options.Credit.CreditWait, options.Credit.WindowFloorBytes));
        Assert.Equal((new IPEndPoint(IPAddress.IPv6Any, 0), EncryptionPolicy.Require), (options.Worker.SwarmListenIPv6, options.Worker.Encryption));
        Assert.Equal(PeerTransports.Utp, options.Worker.Transports);
        Assert.Equal((100L << 30, null), (options.Cache.MaxBytes, options.Cache.MaxBytesPerTorrent));
    }

    [Fact]
    public void Units_AreRead()
    {
        var options = Load("""
            {
              "offer": { "pricePerMegabyte": "0.01 BTT", "minimumDeposit": "2.5 BTT" },
              "credit": { "creditWait": "7 s", "sessionIdleTimeout": "20 min", "windowFloorBytes": "64 KiB" },
              "settlement": { "claimAge": "3 d", "checkInterval": "500 ms" },
              "cache": { "maxBytes": "1.5 TB", "minFreeBytes": "1GiB" },
            }
            """);

        Assert.Equal(("0.01 BTT/MB", "2.5 BTT"), (options.Offer.PricePerMegabyte.ToBtt(), options.Offer.MinimumDeposit.ToBtt()));
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromMinutes(20)), (options.Credit.CreditWait, options.Credit.SessionIdleTimeout));
        Assert.Equal((TimeSpan.FromDays(3), TimeSpan.FromMilliseconds(500)), (options.Settlement.ClaimAge, options.Settlement.CheckInterval));
        Assert.Equal((65536, 1_500_000_000_000, 1L << 30), (options.Credit.WindowFloorBytes, options.Cache.MaxBytes, options.Cache.MinFreeBytes));
    }

    [Fact]
    public void FileOverPreset_WinsWhereItSaysSomething()
    {
        File.WriteAllText(_path, """{ "cache": { "maxBytes": "2 GiB" } }""");

        var configuration = RelayConfigurationFile.Read(_path, RelayConfigurationFile.ReadPreset("devnet"));

        Assert.Equal((2L << 30, 64L << 20), (configuration.Options.Cache.MaxBytes, configuration.Options.Cache.MinFreeBytes));
        Assert.Equal($"{_path}:1", configuration.Places["cache.maxBytes"]);
        Assert.StartsWith("preset devnet:", configuration.Places["cache.minFreeBytes"], StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_IsNamed() =>
        Assert.Contains("'no-such.json' does not exist", Assert.Throws<RelayConfigurationException>(
            () => RelayConfigurationFile.Load("no-such.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void PresetThatTheFileNames_HoldsWhereItSaysNothing()
    {
        var options = Load("""{ "preset": "devnet", "cache": { "maxBytes": "2 GiB" } }""");

        Assert.Equal((2L << 30, 64L << 20), (options.Cache.MaxBytes, options.Cache.MinFreeBytes));
    }

    [Theory]
    [InlineData(PublicNetwork.Nile, 728126428, "TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4", "chain 728126428")]
    [InlineData(PublicNetwork.Mainnet, 728126428, "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", "BTT on mainnet is TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4")]
    [InlineData(PublicNetwork.Mainnet, 728126428, "TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4", null)]
    [InlineData(PublicNetwork.Nile, 3448148188, "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", null)]
    [InlineData(null, 1, "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", null)]
    public void NetworkFile_IsOfTheNetworkThatIsMeant(PublicNetwork? meant, ulong chainId, string token, string? problem)
    {
        var address = TronAddress.Parse(token);
        File.WriteAllBytes(_path, new NetworkDescription
        {
            Name = "test",
            ChainId = chainId,
            Contract = address,
            Token = address,
            DhtBootstrap = [],
            Chain = new ChainDescription([new ChainNode(new Uri("http://127.0.0.1:1"), new Uri("http://127.0.0.1:2"))]),
        }.ToJson());
        var options = new RelayOptions { Network = meant, NetworkFile = _path, Settlement = new SettlementOptions { TokensPerTrx = TokenAmount.FromBtt(1) } };
        options.Tunnel.Listen = new IPEndPoint(IPAddress.Loopback, 0);

        var problems = RelayOptionsValidator.Problems(options);

        Assert.Equal(problem is null ? [] : ["networkFile"], problems.Select(static p => p.Key));
        Assert.All(problems, p => Assert.Contains(problem!, p.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public void DevnetPreset_IsValid() => Assert.Empty(RelayOptionsValidator.Problems(RelayConfigurationFile.LoadPreset("devnet")));

    [Fact]
    public void UnknownPreset_ListsThoseThereAre() =>
        Assert.Contains("Presets: devnet, mainnet, nile.", Assert.Throws<RelayConfigurationException>(
            () => RelayConfigurationFile.LoadPreset("nope")).Message, StringComparison.Ordinal);

    private RelayOptions Load(string json)
    {
        File.WriteAllText(_path, json);
        return RelayConfigurationFile.Load(_path);
    }
}
