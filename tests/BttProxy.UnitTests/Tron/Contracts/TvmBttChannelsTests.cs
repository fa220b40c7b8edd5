using BttProxy.UnitTests.Tron.Contracts.World;

namespace BttProxy.UnitTests.Tron.Contracts;

/// <summary>On our own virtual machine.</summary>
public sealed class TvmBttChannelsTests : BttChannelsTests
{
    private protected override Task<IEvm> EvmAsync() => Task.FromResult<IEvm>(new TvmEvm());
}
