using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Routing;
using BttProxy.Relay.Worker;
using Xunit;

namespace BttProxy.UnitTests.Relay.Configuration;

public sealed class RoleRulesTests
{
    [Theory]
    [InlineData("http://10.0.0.1:7000", true)]
    [InlineData("http://worker-0.workers:7000", true)]
    [InlineData("unix:/run/worker.sock", true)]
    [InlineData("dns:workers.bttproxy.svc:7000", true)]
    [InlineData("dns:workers", false)]
    [InlineData("dns:workers:0", false)]
    [InlineData("dns::7000", false)]
    [InlineData("unix:worker.sock", false)]
    [InlineData("https://10.0.0.1:7000", false)]
    [InlineData("http://10.0.0.1:7000/path", false)]
    [InlineData("10.0.0.1:7000", false)]
    public void WorkersAddress_IsOfThreeKinds(string text, bool isValid) => Assert.Equal(isValid, WorkerAddress.TryParse(text, out _));

    [Theory]
    [InlineData("http://10.0.0.1:7000", true)]
    [InlineData("http://[::1]:0/", true)]
    [InlineData("unix:/run/worker.sock", true)]
    [InlineData("http://worker:7000", false)]
    [InlineData("10.0.0.1:7000", false)]
    [InlineData("unix:worker.sock", false)]
    public void WorkersListener_IsASocketOrAnAddress(string text, bool isValid) => Assert.Equal(isValid, WorkerListen.TryParse(text, out _));

    [Fact]
    public void WorkerApart_MustListenSomewhere() =>
        Assert.StartsWith("worker.listen must say", Assert.Single(Problems([RelayRole.Worker], null)), StringComparison.Ordinal);

    [Fact]
    public void GatewayApart_MustKnowAWorker() =>
        Assert.StartsWith("worker.addresses must name", Assert.Single(Problems([RelayRole.Gateway, RelayRole.Settler], null)), StringComparison.Ordinal);

    [Fact]
    public void ProcessOfNothing_IsRefused() => Assert.StartsWith("roles must name", Assert.Single(Problems([], null)), StringComparison.Ordinal);

    [Fact]
    public void SettlerApart_NeedsNothingElse() => Assert.Empty(Problems([RelayRole.Settler], null));

    [Fact]
    public void GatewayApart_NeedsNoSettler()
    {
        var problems = new ConfigurationProblems();
        RoleRules.Check(
            new RelayOptions { Roles = [RelayRole.Gateway], Worker = new WorkerOptions { Addresses = ["dns:workers:7000"] } }, problems);
        Assert.Empty(problems.All);
    }

    [Theory]
    [InlineData(null, false, "must say where")]
    [InlineData("http://10.0.0.1:9464", false, null)]
    [InlineData("10.0.0.1:9464", false, "is no admin port")]
    [InlineData("unix:/run/admin.sock", false, "is no admin port")]
    [InlineData("dns:gateway:9464", false, "is no admin port")]
    [InlineData("http://10.0.0.1:9464", true, "is for a dht process without the gateway")]
    public void DhtApart_KnowsItsGateway(string? from, bool hasGateway, string? problem)
    {
        var problems = new ConfigurationProblems();
        var options = new RelayOptions { Roles = hasGateway ? new RelayOptions().Roles : [RelayRole.Dht], Dht = new DhtRoleOptions { RecordFrom = from } };
        RoleRules.Check(options, problems);

        Assert.Equal(problem is null ? [] : ["dht.recordFrom"], problems.All.Select(static found => found.Key));
        Assert.All(problems.All, found => Assert.Contains(problem!, found.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public void DhtApartThatAnnouncesNothing_IsRefused()
    {
        var problems = new ConfigurationProblems();
        RoleRules.Check(
            new RelayOptions { Roles = [RelayRole.Dht], Dht = new DhtRoleOptions { RecordFrom = "http://10.0.0.1:9464", Announce = false } }, problems);
        Assert.Equal("dht.announce", Assert.Single(problems.All).Key);
    }

    [Fact]
    public void RoleNamedTwice_IsRefused() =>
        Assert.StartsWith(
            "roles must name", Assert.Single(Problems([RelayRole.Worker, RelayRole.Worker], "unix:/run/worker.sock")), StringComparison.Ordinal);

    [Fact]
    public void WorkerNeedsNoPublicAddress() =>
        Assert.Empty(RelayOptionsValidator.Problems(
            new RelayOptions { Roles = [RelayRole.Worker], Worker = new WorkerOptions { Listen = "http://10.0.0.1:7000" } }));

    [Fact]
    public void RolesOnTheCommandLine_AreReadInAnyCase() =>
        Assert.Equal([RelayRole.Gateway, RelayRole.Dht], RoleList.Parse("gateway, DHT"));

    [Theory]
    [InlineData("gateway,cook")]
    [InlineData("1")]
    [InlineData("gateway,")]
    public void UnknownRole_IsNamed(string text) =>
        Assert.Contains("must list some of", Assert.Throws<RelayConfigurationException>(() => RoleList.Parse(text)).Message, StringComparison.Ordinal);

    private static List<string> Problems(IReadOnlyList<RelayRole> roles, string? listen)
    {
        var problems = new ConfigurationProblems();
        RoleRules.Check(new RelayOptions { Roles = roles, Worker = new WorkerOptions { Listen = listen } }, problems);
        return [.. problems.All.Select(static problem => $"{problem.Key} {problem.Problem}")];
    }
}
