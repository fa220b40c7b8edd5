using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.Protocol.Money;
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

    [Theory]
    [InlineData("""{ "tunel": {} }""", "tunel")]
    [InlineData("""{ "tunnel": { "lissen": "127.0.0.1:1" } }""", "lissen")]
    [InlineData("""{ "offer": { "pricePerMegabyte": 5 } }""", "$.offer.pricePerMegabyte")]
    [InlineData("""{ "offer": { "pricePerMegabyte": "5 BTT" } }""", "smallest units")]
    [InlineData("""{ "tunnel": { "listen": "nowhere" } }""", "127.0.0.1:8443")]
    [InlineData("""{ "credit": null }""", "credit")]
    [InlineData("""{ "credit": { "maxSessions": "many" } }""", "$.credit.maxSessions")]
    [InlineData("""{ "worker": { "encryption": "some" } }""", "$.worker.encryption")]
    [InlineData("""{ "worker": { "encryption": 1 } }""", "$.worker.encryption")]
    [InlineData("[]", "line 1")]
    [InlineData("", "line 1")]
    [InlineData("{", "line 1")]
    public void Wrong_IsRefusedInOneLineThatNamesThePlace(string json, string expected)
    {
        var problem = Assert.Throws<RelayConfigurationException>(() => Load(json));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void MissingFile_IsNamed() =>
        Assert.Contains("'no-such.json' does not exist", Assert.Throws<RelayConfigurationException>(
            () => RelayConfigurationFile.Load("no-such.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void DevnetPreset_IsValid() => Assert.Empty(RelayOptionsValidator.Problems(RelayConfigurationFile.LoadPreset("devnet")));

    [Fact]
    public void UnknownPreset_ListsThoseThereAre() =>
        Assert.Contains("Presets: devnet.", Assert.Throws<RelayConfigurationException>(
            () => RelayConfigurationFile.LoadPreset("nope")).Message, StringComparison.Ordinal);

    [Fact]
    public void Schema_HasExactlyTheOptions()
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryRoot(), "relay-config", "relay.schema.json")));

        Assert.Equal(OptionPaths(typeof(RelayOptions), "").Order(), SchemaPaths(schema.RootElement, "").Order());
    }

    private static IEnumerable<string> OptionPaths(Type type, string prefix)
    {
        var json = new JsonSerializerOptions(RelayConfigurationFile.Json) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        foreach (var property in json.GetTypeInfo(type).Properties)
        {
            yield return prefix + property.Name;
            if (property.PropertyType.Namespace == typeof(RelayOptions).Namespace)
            {
                foreach (var inner in OptionPaths(property.PropertyType, property.Name + "."))
                {
                    yield return inner;
                }
            }
        }
    }

    private static IEnumerable<string> SchemaPaths(JsonElement schema, string prefix)
    {
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        foreach (var property in schema.GetProperty("properties").EnumerateObject())
        {
            yield return prefix + property.Name;
            if (property.Value.TryGetProperty("properties", out _))
            {
                foreach (var inner in SchemaPaths(property.Value, property.Name + "."))
                {
                    yield return inner;
                }
            }
        }
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "BttProxy.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }

    private RelayOptions Load(string json)
    {
        File.WriteAllText(_path, json);
        return RelayConfigurationFile.Load(_path);
    }
}
