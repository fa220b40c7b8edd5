using BttProxy.Devnet.Chain.Vm;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

public sealed class TvmStateTests
{
    private static readonly Gen<(int Kind, byte Where, byte What)[]> GenSteps =
        Gen.Select(Gen.Int[0, 4], Gen.Byte[1, 4], Gen.Byte[0, 5]).Array[0, 30];

    private static void Apply(TvmState state, IEnumerable<(int Kind, byte Where, byte What)> steps)
    {
        foreach (var (kind, where, what) in steps)
        {
            var address = VmWorld.At(where);
            switch (kind)
            {
                case 0: state.SetBalance(address, what); break;
                case 1: state.SetStorage(address, what, where); break;
                case 2: state.SetTokenBalance(address, 1_000_001 + what, where); break;
                case 3: state.SetCode(address, new ContractCode(new byte[what])); break;
                default: state.TryDestroy(address, VmWorld.At(what)); break;
            }
        }
    }

    private static string Picture(TvmState state) => string.Join('\n', Enumerable.Range(0, 6).Select(i =>
    {
        var address = VmWorld.At((byte)i);
        var account = state.Account(address);
        var slots = string.Join(' ', Enumerable.Range(0, 6).Select(i => (UInt256)(ulong)i)
            .Select(slot => $"{state.Storage(address, slot)}{state.IsInUse(address, slot)}"));
        var tokens = string.Join(' ', Enumerable.Range(0, 6).Select(token => state.TokenBalance(address, 1_000_001 + token)));
        return $"{account.Exists} {account.Balance} {account.Code?.Bytes.Length} {slots} {tokens}";
    }));

    [Fact]
    public void GoingBack_RestoresTheMoment() => Gen.Select(GenSteps, GenSteps, GenSteps).Sample((first, second, third) =>
    {
        var state = new TvmState();
        Apply(state, first);
        state.EndTransaction();
        Apply(state, second);
        var (moment, before) = (state.Moment, Picture(state));
        Apply(state, third);
        state.GoBack(moment);
        Assert.Equal(before, Picture(state));
        var expected = new TvmState();
        Apply(expected, first);
        expected.EndTransaction();
        Apply(expected, second);
        expected.EndTransaction();
        state.EndTransaction();
        Assert.Equal(Picture(expected), Picture(state));
    });

    [Fact]
    public void Fork_ReadsThroughAndWritesToItself() => Gen.Select(GenSteps, GenSteps).Sample((first, second) =>
    {
        var (state, expected) = (new TvmState(), new TvmState());
        Apply(state, first);
        Apply(expected, first);
        state.EndTransaction();
        expected.EndTransaction();
        var before = Picture(state);
        var fork = state.Fork();
        Apply(fork, second);
        Apply(expected, second);
        fork.EndTransaction();
        expected.EndTransaction();
        Assert.Equal(before, Picture(state));
        Assert.Equal(Picture(expected), Picture(fork));
        Assert.Equal(expected.AllStorage().OrderBy(entry => entry.ToString()), fork.AllStorage().OrderBy(entry => entry.ToString()));
    });
}
