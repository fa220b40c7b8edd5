using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>Code and what is worked out from it once: its hash, and where jumps may land.</summary>
internal sealed class ContractCode(ReadOnlyMemory<byte> bytes)
{
    private bool[]? _destinations;
    private Bytes32? _hash;

    public static ContractCode Empty { get; } = new(default);

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public Bytes32 Hash => _hash ??= Keccak256.Hash(Bytes.Span);

    /// <summary>True at a JUMPDEST that is not the argument of a PUSH.</summary>
    public bool IsDestination(long position)
    {
        var destinations = _destinations ??= FindDestinations();
        return position < destinations.Length && destinations[position];
    }

    private bool[] FindDestinations()
    {
        var code = Bytes.Span;
        var found = new bool[code.Length];
        for (var i = 0; i < code.Length; i++)
        {
            var operation = (Operation)code[i];
            found[i] = operation == Operation.JumpDest;
            if (operation is >= Operation.Push1 and <= Operation.Push32)
            {
                i += operation - Operation.Push0;
            }
        }

        return found;
    }
}
