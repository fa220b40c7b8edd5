using System.Runtime.CompilerServices;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Configuration.Reading;
using Xunit;

namespace BttProxy.UnitTests.Relay.Configuration;

public sealed class RelaySchemaTests
{
    private const string Regenerate = "BTTPROXY_WRITE_SCHEMA";

    [Fact]
    public void RelaySchema_IsThatOfTheOptions() => AssertCurrent("relay.schema.json", RelaySchema.Text<RelayOptions>("BttProxy relay configuration"));

    [Fact]
    public void Example_HasEveryOptionAndLoads()
    {
        var examples = new Dictionary<string, string>
        {
            ["$schema"] = "\"./relay.schema.json\"",
            ["stateDirectory"] = "\"/var/lib/bttproxy-relay\"",
            ["tunnel.publicEndPoints"] = "[\"203.0.113.7:443\", \"[2001:db8::7]:443\"]",
            ["tunnel.serverName"] = "\"www.example.org\"",
            ["tunnel.region"] = "\"IS\"",
            ["offer.pricePerMegabyte"] = "\"0.01 BTT\"",
            ["offer.priceByHour"] = "[{ \"from\": \"18:00\", \"to\": \"23:00\", \"price\": \"0.02 BTT\" }]",
            ["offer.minimumDeposit"] = "\"1 BTT\"",
            ["cache.maxBytes"] = "\"50 GiB\"",
            ["cache.minFreeBytes"] = "\"1 GiB\"",
            ["chain.nodes"] = "[{ \"fullNode\": \"http://grpc.trongrid.io:50051\", \"solidityNode\": \"http://grpc.trongrid.io:50052\", \"apiKeyFile\": null }]",
            ["settlement.tokensPerTrx"] = "\"500000 BTT\"",
            ["telemetry.otlpEndpoint"] = "\"http://127.0.0.1:4317\"",
        };
        AssertCurrent("example.json", new AnnotatedExample(examples).Text<RelayOptions>(
            "Every option of a relay, with its default where the default says something. A configuration names only what differs. "
            + "Written from the options classes, as relay.schema.json is."));

        var example = RelayConfigurationFile.Read(Path.Combine(Directory(), "example.json"));
        Assert.Empty(example.AllProblems(machine: true));
        Assert.All(EffectiveSetting.Of(example), static setting => Assert.NotEqual(EffectiveSetting.Default, setting.Origin));
    }

    [Fact]
    public void PolicySchema_IsThatOfTheOptions() => AssertCurrent("policy.schema.json", RelaySchema.Text<PolicyOptions>("BttProxy relay policy"));

    [Fact]
    public void PolicyExample_HasEveryOptionAndLoads()
    {
        var examples = new Dictionary<string, string>
        {
            ["$schema"] = "\"./policy.schema.json\"",
            ["denylist"] = "[\"00112233445566778899aabbccddeeff00112233\"]",
            ["maxTorrentBytes"] = "\"100 GB\"",
            ["maxClientRate"] = "\"50 MB\"",
            ["maxSessionRate"] = "\"10 MB\"",
            ["quotaPerDay"] = "\"500 GB\"",
            ["quotaPerMonth"] = "\"10 TB\"",
        };
        AssertCurrent("policy.example.json", new AnnotatedExample(examples).Text<PolicyOptions>(
            "Every option of a policy file, with its default or an example. A policy names only what differs; the relay reads it anew when it changes."));

        var policy = PolicyFile.Load(Path.Combine(Directory(), "policy.example.json"));
        Assert.Single(policy.Denied);
        Assert.Equal((500_000_000_000, 10_000_000_000_000), (policy.QuotaPerDay, policy.QuotaPerMonth));
    }

    [Theory]
    [InlineData("nile", "networkFile", "tunnel.publicEndPoints")]
    [InlineData("mainnet", "networkFile", "settlement.tokensPerTrx", "tunnel.publicEndPoints")]
    public void PublicPresets_AskForWhatOnlyTheOperatorKnows(string preset, params string[] keys)
    {
        var problems = RelayConfigurationFile.ReadPreset(preset).AllProblems(machine: true);

        Assert.Equal(keys, problems.Select(static problem => problem.Key).Order());
        Assert.Contains("deploy-contract", problems.Single(static problem => problem.Key == "networkFile").Remedy, StringComparison.Ordinal);
    }

    private static void AssertCurrent(string name, string expected)
    {
        var path = Path.Combine(Directory(), name);
        if (Environment.GetEnvironmentVariable(Regenerate) == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(
            expected == File.ReadAllText(path),
            $"relay-config/{name} is not that of the options classes. Write it with {Regenerate}=1 dotnet run --project tests/BttProxy.UnitTests -- -class '*RelaySchemaTests'");
    }

    private static string Directory([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../../relay-config"));
}
