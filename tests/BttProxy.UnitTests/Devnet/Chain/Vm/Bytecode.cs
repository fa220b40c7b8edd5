using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;

namespace BttProxy.UnitTests.Devnet.Chain.Vm;

/// <summary>Writes programs for the machine: <c>new Bytecode().Push(1).Push(2).Do(Operation.Add).Return()</c>.</summary>
internal sealed class Bytecode
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public Bytecode Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public Bytecode Do(Operation operation)
    {
        _bytes.Add((byte)operation);
        return this;
    }

    public Bytecode All(params ReadOnlySpan<Operation> operations)
    {
        foreach (var operation in operations)
        {
            _bytes.Add((byte)operation);
        }

        return this;
    }

    /// <summary>PUSH32, whatever the number.</summary>
    public Bytecode Push(UInt256 word) => Do(Operation.Push32).Raw(word.ToBytes32().Span);

    public Bytecode Push(TronAddress address) => Push(UInt256.FromAddress(address));

    /// <summary>Pushes so that the first is on top, then does the operation.</summary>
    public Bytecode Do(Operation operation, params ReadOnlySpan<UInt256> arguments)
    {
        for (var i = arguments.Length - 1; i >= 0; i--)
        {
            Push(arguments[i]);
        }

        return Do(operation);
    }

    public Bytecode Store(UInt256 slot, UInt256 value) => Do(Operation.SStore, slot, value);

    /// <summary>Returns the word on top of the stack.</summary>
    public Bytecode Return() => Push(0).Do(Operation.MStore).Do(Operation.Return, 0, 32);

    public Bytecode Revert() => Push(0).Do(Operation.MStore).Do(Operation.Revert, 0, 32);

    // Five PUSH32 and two operations.
    private const ulong ConstructorLength = (5 * 33) + 2;

    /// <summary>A constructor that returns the code.</summary>
    public static byte[] Constructor(byte[] code) =>
        new Bytecode().Do(Operation.CodeCopy, 0, ConstructorLength, (ulong)code.Length)
            .Do(Operation.Return, 0, (ulong)code.Length).Raw(code).ToArray();
}
