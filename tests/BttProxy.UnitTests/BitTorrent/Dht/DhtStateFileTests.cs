using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class DhtStateFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    private string StatePath => Path.Combine(_directory.FullName, "new", "dht");

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "8.8.8.8:6881")]
    [InlineData(AddressFamily.InterNetworkV6, "[2606:4700::1111]:6881")]
    public async Task SavedState_IsLoaded(AddressFamily family, string endPoint)
    {
        var state = new DhtState(DhtTestData.Id(1), [new DhtContact(DhtTestData.Id(2), IPEndPoint.Parse(endPoint))]);
        await DhtStateFile.SaveAsync(StatePath, state, family, TestContext.Current.CancellationToken);
        var loaded = await DhtStateFile.LoadAsync(StatePath, family, TestContext.Current.CancellationToken);
        Assert.Equal(state.Id, loaded!.Id);
        Assert.Equal(state.Nodes, loaded.Nodes);
        Assert.Equal([StatePath], Directory.GetFiles(Path.GetDirectoryName(StatePath)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not bencoding")]
    [InlineData("d2:id3:abc5:nodes0:e")]
    [InlineData("d2:idi1e5:nodesi2ee")]
    public async Task DamagedState_IsIgnored(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StatePath)!);
        await File.WriteAllTextAsync(StatePath, text, TestContext.Current.CancellationToken);
        Assert.Null(await DhtStateFile.LoadAsync(StatePath, AddressFamily.InterNetwork, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
