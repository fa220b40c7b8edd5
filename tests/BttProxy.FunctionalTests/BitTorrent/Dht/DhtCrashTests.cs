using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Dht;

/// <summary>A process that saves its routing table is killed with SIGKILL, at any moment of that.</summary>
public sealed class DhtCrashTests : IDisposable
{
    private const int Kills = 4;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly List<Process> _children = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bttproxy-dht-crash-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string StatePath => Path.Join(_folder.FullName, "dht");

    private string DraftPath => StatePath + ".new";

    private Task<DhtState?> StateAsync() => DhtStateFile.LoadAsync(StatePath, AddressFamily.InterNetwork, Cancellation);

    public void Dispose()
    {
        foreach (var child in _children)
        {
            child.Kill(); // Where a test failed first; nothing happens to one that has ended.
            child.WaitForExit();
            child.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task KilledProcess_ComesBackWithItsIdAndFindsTheNetworkWithoutAWayIn()
    {
        await using var network = await DhtNetwork.StartAsync(12);
        await KillAsync(Keep(DhtChild.StartNode(StatePath, network.WayIn)), () => File.Exists(StatePath));
        var id = (await StateAsync())!.Id;
        for (var kill = 0; kill < Kills; kill++)
        {
            // No way in from here on, and each process is killed while it replaces the state or has just done so.
            File.Delete(DraftPath);
            var before = File.GetLastWriteTimeUtc(StatePath);
            var child = Keep(DhtChild.StartNode(StatePath, wayIn: null));
            await KillAsync(child, () => File.Exists(DraftPath) || File.GetLastWriteTimeUtc(StatePath) > before);
            var state = await StateAsync();
            Assert.Equal(id, state?.Id);
            Assert.InRange(state!.Nodes.Count, DhtLimits.NodesPerAnswer, network.Nodes.Count + kill + 1);
        }

        await using var again = new DhtNode(DhtChild.Options(StatePath), TimeProvider.System, NullLoggerFactory.Instance);
        await again.StartAsync(Cancellation);
        Assert.InRange(await again.BootstrapAsync(Cancellation), DhtLimits.NodesPerAnswer, network.Nodes.Count);
        Assert.Equal(id, again.Id);
    }

    [Fact]
    public async Task KilledWhileSaving_LeavesAWholeState()
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            var child = Keep(DhtChild.StartSaving(StatePath));
            await WaitAsync(child, () => File.Exists(StatePath));
            // What a reader finds now is what a kill would leave now: thousands of moments instead of one.
            var end = Stopwatch.GetTimestamp() + RandomNumberGenerator.GetInt32((int)Stopwatch.Frequency / 2, (int)Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < end)
            {
                await AssertWholeAsync();
            }
            await KillAsync(child);
            await AssertWholeAsync();
        }

        async Task AssertWholeAsync() => Assert.Contains((await StateAsync())?.Nodes.Count ?? 0, DhtChild.SavedNodes);
    }

    private Process Keep(Process child)
    {
        _children.Add(child);
        return child;
    }

    /// <summary>As soon as the state is written, or a few milliseconds later.</summary>
    private static async Task KillAsync(Process child, Func<bool> isWriting)
    {
        await WaitAsync(child, isWriting);
        await Task.Delay(RandomNumberGenerator.GetInt32(0, 3), Cancellation);
        await KillAsync(child);
    }

    private static async Task WaitAsync(Process child, Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            if (child.HasExited || waited.Elapsed > Deadline)
            {
                await KillAsync(child);
                Assert.Fail($"The child wrote no state.\n{await child.StandardOutput.ReadToEndAsync(Cancellation)}");
            }
            await Task.Delay(1, Cancellation);
        }
    }

    private static Task KillAsync(Process child)
    {
        child.Kill(); // SIGKILL
        return child.WaitForExitAsync(Cancellation);
    }
}
