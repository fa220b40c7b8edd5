using System.Net;
using System.Net.Sockets;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Routing;

public sealed class WorkerLookupTests : IDisposable
{
    private readonly WorkerAddresses _addresses = new(["dns:workers.example:7000", "http://10.0.0.9:7000", "unix:/run/worker.sock"]);
    private readonly WorkerCluster _cluster;
    private readonly WorkerLookup _lookup;
    private Func<string, IPAddress[]> _names = static _ => [];

    public WorkerLookupTests()
    {
        _cluster = new WorkerCluster(_addresses, new TunnelOptions(), TimeSpan.FromSeconds(5));
        _lookup = new WorkerLookup(
            _addresses, _cluster, (host, _) => Task.FromResult(_names(host)), TimeSpan.FromSeconds(5), new FakeTimeProvider(),
            NullLogger<WorkerLookup>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IEnumerable<string> Urls => _cluster.Provider.GetConfig().Clusters.Single().Destinations!.Values.Select(static d => d.Address).Order();

    public void Dispose() => _lookup.Dispose();

    [Fact]
    public async Task Name_StandsForAllItsAddresses_AsTheyComeAndGo()
    {
        _names = static host => host == "workers.example" ? [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1"), IPAddress.Parse("::ffff:10.0.0.1")] : [];
        await _lookup.LookAsync(Token);
        Assert.Equal(
            ["http://10.0.0.1:7000/", "http://10.0.0.9:7000/", "http://[fd00::1]:7000/", "http://unix-0.worker.invalid/"], Urls);

        _names = static _ => [IPAddress.Parse("10.0.0.2")];
        await _lookup.LookAsync(Token);
        Assert.Equal(["http://10.0.0.2:7000/", "http://10.0.0.9:7000/", "http://unix-0.worker.invalid/"], Urls);
    }

    [Fact]
    public async Task FailingNameServer_ChangesNothing()
    {
        _names = static _ => [IPAddress.Parse("10.0.0.1")];
        await _lookup.LookAsync(Token);
        var before = _cluster.Provider.GetConfig();

        _names = static _ => throw new SocketException((int)SocketError.TryAgain);
        await _lookup.LookAsync(Token);
        _names = static _ => [];
        await _lookup.LookAsync(Token);
        _names = static _ => [IPAddress.Parse("10.0.0.1")];
        await _lookup.LookAsync(Token);

        Assert.Same(before, _cluster.Provider.GetConfig());
    }

    [Fact]
    public void Worker_KeepsItsNameWhateverStandsBesideIt() =>
        Assert.Equal(
            ["http://10.0.0.9:7000", "unix:/run/worker.sock"],
            new WorkerAddresses(["unix:/run/worker.sock", "http://10.0.0.9:7000"]).Destinations.Keys.Order());
}
