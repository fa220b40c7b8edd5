using BttProxy.Relay.Configuration;
using Xunit;

namespace BttProxy.UnitTests.Relay.Configuration;

public sealed class BrokenConfigurationTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public static TheoryData<string> Files => [.. BrokenConfigurations.All.Select(static broken => broken.Json)];

    public void Dispose() => File.Delete(_path);

    [Theory]
    [MemberData(nameof(Files))]
    public void EachBrokenConfiguration_NamesTheKeyAndTheRemedy(string json)
    {
        var expected = BrokenConfigurations.All.Single(broken => broken.Json == json);

        // On a loopback preset, so that nothing else is wrong.
        File.WriteAllText(_path, json);
        var problem = Assert.Single(RelayConfigurationFile.Read(_path, RelayConfigurationFile.ReadPreset("devnet")).AllProblems(machine: true));

        Assert.Equal(expected.Key, problem.Key);
        Assert.Contains(expected.Problem, problem.Problem, StringComparison.Ordinal);
        Assert.Contains(expected.Remedy, problem.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.ToString());
    }

    [Fact]
    public void SeveralProblems_AreToldTogetherInTheOrderOfTheFile()
    {
        File.WriteAllText(_path, """
            {
              "dht": { "announce": "no" },
              "tunnel": { "drainTimeout": "1 h" },
              "cach": {},
              "tunnel": {}
            }
            """);

        var problems = RelayConfigurationFile.Read(_path, RelayConfigurationFile.ReadPreset("devnet")).AllProblems(machine: true);

        Assert.Equal(["dht.announce", "tunnel.drainTimeout", "cach", "tunnel"], problems.Select(static problem => problem.Key));
        Assert.Equal([$"{_path}:2", $"{_path}:3", $"{_path}:4", $"{_path}:5"], problems.Select(static problem => problem.Place));
    }

    [Fact]
    public void WhatFollowsFromAnotherProblem_IsNotTold()
    {
        File.WriteAllText(_path, """{ "tunnel": { "listen": "127.0.0.1" } }""");

        Assert.Equal("tunnel.listen", Assert.Single(RelayConfigurationFile.Read(_path).AllProblems(machine: true)).Key);
    }

    [Fact]
    public void OtherMachinesFiles_AreNotAskedFor()
    {
        File.WriteAllText(_path, """{ "networkFile": "/etc/no-such-network.json" }""");

        Assert.Empty(RelayConfigurationFile.Read(_path, RelayConfigurationFile.ReadPreset("devnet")).AllProblems(machine: false));
    }
}
