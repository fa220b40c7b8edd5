using BttProxy.BitTorrent;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Policies;
using Xunit;

namespace BttProxy.UnitTests.Relay.Policies;

public sealed class PolicyFileTests : IDisposable
{
    private const string One = "00112233445566778899aabbccddeeff00112233";
    private const string Two = "ff112233445566778899aabbccddeeff00112233";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    private string Policy => Path.Combine(_directory.FullName, "policy.json");

    private string Denylist => Path.Combine(_directory.FullName, "denylist");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void NoFile_AllowsEverything()
    {
        var policy = PolicyFile.Load(null);

        Assert.True(policy.Allows(InfoHash.Parse(One)));
        Assert.Null(policy.QuotaPerDay);
    }

    [Fact]
    public void BothDenylists_Count()
    {
        File.WriteAllText(Denylist, $"# a feed\n\n {Two.ToUpperInvariant()} \n");
        var policy = Load($$"""{ "denylist": ["{{One}}"], "denylistFile": "{{Denylist}}", "quotaPerDay": "1 GB" }""");

        Assert.False(policy.Allows(InfoHash.Parse(One)));
        Assert.False(policy.Allows(InfoHash.Parse(Two)));
        Assert.Equal(1_000_000_000, policy.QuotaPerDay);
    }

    [Theory]
    [InlineData("""{ "quotaPerDy": 1 }""", "quotaPerDy", "Write quotaPerDay")]
    [InlineData("""{ "denylist": ["0011"] }""", "denylist[0]", "40 hexadecimal digits")]
    [InlineData("""{ "denylist": "0011" }""", "denylist", "in brackets")]
    [InlineData("""{ "quotaPerDay": "1 gigabyte" }""", "quotaPerDay", "1 GiB")]
    [InlineData("""{ "quotaPerDay": 0 }""", "quotaPerDay", "Choose a value")]
    [InlineData("""{ "quotaPerDay": "2 GB", "quotaPerMonth": "1 GB" }""", "quotaPerDay", "raise the other")]
    [InlineData("""{ "maxSessionRate": "2 MB", "maxClientRate": "1 MB" }""", "maxSessionRate", "raise the other")]
    [InlineData("""{ "maxClientRate": 5 }""", "maxClientRate", "Choose a value")]
    [InlineData("""{ "maxTorrentBytes": -1 }""", "maxTorrentBytes", "Choose a value")]
    [InlineData("""{ "denylistFile": "/no/such/list" }""", "denylistFile", "name the right file")]
    [InlineData("""{ "offer": {} }""", "offer", "Remove it")]
    [InlineData("""{ "quotaPerDay": 1 """, "", "Mend the text")]
    public void EachBrokenPolicy_NamesTheKeyAndTheRemedy(string json, string key, string remedy)
    {
        File.WriteAllText(Policy, json);
        PolicyFile.Read(Policy, out var problems);

        var problem = Assert.Single(problems);
        Assert.Equal(key, problem.Key);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
        Assert.StartsWith(Policy, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void LineThatIsNoInfoHash_IsNamed()
    {
        File.WriteAllText(Denylist, $"{One}\nnonsense\n{Two}\nmore\n");
        File.WriteAllText(Policy, $$"""{ "denylistFile": "{{Denylist}}" }""");
        PolicyFile.Read(Policy, out var problems);

        Assert.Equal([$"{Denylist}:2", $"{Denylist}:4"], problems.Select(static problem => problem.Place));
    }

    [Fact]
    public void BrokenPolicy_IsAProblemOfTheConfiguration()
    {
        File.WriteAllText(Policy, """{ "quotaPerDy": 1 }""");
        var file = Path.Combine(_directory.FullName, "relay.json");
        File.WriteAllText(file, $$"""{ "policyFile": "{{Policy}}" }""");

        var problems = RelayConfigurationFile.Read(file, RelayConfigurationFile.ReadPreset("devnet")).AllProblems(machine: true);

        Assert.Equal("quotaPerDy", Assert.Single(problems).Key);
        Assert.Empty(RelayConfigurationFile.Read(file, RelayConfigurationFile.ReadPreset("devnet")).AllProblems(machine: false));
    }

    [Fact]
    public void SameRules_AreNoChange()
    {
        var current = new CurrentPolicy(Load($$"""{ "denylist": ["{{One}}"] }"""));
        var changes = 0;
        current.Changed += () => changes++;

        Assert.False(current.Replace(Load($$"""{ "denylist": ["{{One}}"] }""")));
        Assert.True(current.Replace(Load($$"""{ "denylist": ["{{Two}}"] }""")));
        Assert.Equal(1, changes);
    }

    private RelayPolicy Load(string json)
    {
        File.WriteAllText(Policy, json);
        return PolicyFile.Load(Policy);
    }
}
