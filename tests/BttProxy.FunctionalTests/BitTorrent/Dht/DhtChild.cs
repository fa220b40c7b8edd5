using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Dht;

/// <summary>
/// A process that runs until it is killed, with one DHT node or only saving states: this test program again, running one
/// explicit test.
/// </summary>
public sealed class DhtChild
{
    private const string StateVariable = "BTTPROXY_DHT_CHILD_STATE";
    private const string WayInVariable = "BTTPROXY_DHT_CHILD_WAY_IN";

    /// <summary>How many nodes the states have that <see cref="SaveUntilKilled"/> writes in turn.</summary>
    internal static readonly int[] SavedNodes = [1, 1000];

    internal static Process StartNode(string statePath, IPEndPoint? wayIn) => Start(nameof(RunUntilKilled), statePath, wayIn);

    internal static Process StartSaving(string statePath) => Start(nameof(SaveUntilKilled), statePath, wayIn: null);

    private static Process Start(string test, string statePath, IPEndPoint? wayIn) =>
        ExplicitTest.Start(typeof(DhtChild), test, (StateVariable, statePath), (WayInVariable, wayIn?.ToString()));

    [Fact(Explicit = true)]
    public async Task RunUntilKilled()
    {
        var statePath = Environment.GetEnvironmentVariable(StateVariable);
        Assert.SkipWhen(statePath is null, "Started by the crash tests only.");
        var wayIn = Environment.GetEnvironmentVariable(WayInVariable);
        await using var node = new DhtNode(Options(statePath) with { Bootstrap = wayIn is null ? [] : [IPEndPoint.Parse(wayIn)] },
            TimeProvider.System, NullLoggerFactory.Instance);
        await node.StartAsync(TestContext.Current.CancellationToken);
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }

    [Fact(Explicit = true)]
    public async Task SaveUntilKilled()
    {
        var statePath = Environment.GetEnvironmentVariable(StateVariable);
        Assert.SkipWhen(statePath is null, "Started by the crash tests only.");
        var states = SavedNodes.Select(count => new DhtState(
            DhtNodeId.Hash([1]),
            [.. Enumerable.Range(0, count).Select(i => new DhtContact(
                DhtNodeId.Hash(BitConverter.GetBytes(i)), new IPEndPoint(new IPAddress([20, (byte)(i >> 8), (byte)i, 1]), 6881)))])).ToArray();
        for (var turn = 0; ; turn++)
        {
            await DhtStateFile.SaveAsync(
                statePath!, states[turn % states.Length], AddressFamily.InterNetwork, TestContext.Current.CancellationToken);
        }
    }

    internal static DhtNodeOptions Options(string statePath) => new()
    {
        ListenEndPoint = new IPEndPoint(IPAddress.Parse("127.0.16.2"), 0),
        StatePath = statePath,
        Guard = DhtNetwork.Guard,
    };
}
