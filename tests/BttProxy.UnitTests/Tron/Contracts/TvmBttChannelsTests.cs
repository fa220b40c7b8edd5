using BttProxy.UnitTests.Tron.Contracts.World;

namespace BttProxy.UnitTests.Tron.Contracts;

/// <summary>On the machine of the embedded node, which every devnet and test uses.</summary>
public sealed class TvmBttChannelsTests : BttChannelsTests
{
    private protected override Task<IEvm> EvmAsync() => Task.FromResult<IEvm>(new TvmEvm());
}
