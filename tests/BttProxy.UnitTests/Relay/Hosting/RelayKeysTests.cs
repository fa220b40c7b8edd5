using BttProxy.Relay.Hosting;
using BttProxy.UnitTests.Ledger;
using Xunit;

namespace BttProxy.UnitTests.Relay.Hosting;

public sealed class RelayKeysTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task ProcessesThatStartTogether_HaveTheSameKeys()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => RelayKeys.LoadOrCreateAsync(StateDirectory.Open(_directory.File("state")), TimeProvider.System, TestContext.Current.CancellationToken))));

        Assert.Single(keys.Select(static made => (made.Identity.Id, made.Authorizer.Address, made.PathKey)).Distinct());
        Assert.All(keys, static made => made.Dispose());
    }

    public void Dispose() => _directory.Dispose();
}
