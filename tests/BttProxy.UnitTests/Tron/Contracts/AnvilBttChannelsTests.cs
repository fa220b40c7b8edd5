using BttProxy.UnitTests.Tron.Contracts.World;
using Xunit;

namespace BttProxy.UnitTests.Tron.Contracts;

/// <summary>On an EVM that other people wrote; tests/interop/contract/run installs it.</summary>
public sealed class AnvilBttChannelsTests(AnvilProcess anvil) : BttChannelsTests, IClassFixture<AnvilProcess>
{
    private protected override async Task<IEvm> EvmAsync()
    {
        Assert.SkipWhen(anvil.Evm is null, $"{AnvilProcess.Variable} names no anvil; tests/interop/contract/run does.");
        await anvil.WaitAsync();
        return anvil.Evm;
    }
}
