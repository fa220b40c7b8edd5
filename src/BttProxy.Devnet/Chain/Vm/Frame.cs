using System.Runtime.CompilerServices;
using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>One call in progress: its code, stack, memory and remaining energy.</summary>
internal sealed class Frame
{
    public const int StackLimit = 1024;

    private UInt256[] _stack = new UInt256[32];

    public required ContractCode Code { get; init; }

    /// <summary>Whose storage and balance the code works on.</summary>
    public required TronAddress Address { get; init; }

    public required TronAddress Caller { get; init; }

    public ReadOnlyMemory<byte> CallData { get; init; }

    public UInt256 CallValue { get; init; }

    public UInt256 TokenValue { get; init; }

    public UInt256 TokenId { get; init; }

    public required bool IsStatic { get; init; }

    public required int Depth { get; init; }

    public required long Energy { get; set; }

    public FrameMemory Memory { get; } = new();

    public int Position { get; set; }

    public int StackSize { get; private set; }

    /// <summary>What the last call returned.</summary>
    public ReadOnlyMemory<byte> ReturnData { get; set; }

    /// <summary>What this call returns.</summary>
    public ReadOnlyMemory<byte> Output { get; set; }

    public bool TryPay(long price)
    {
        if (Energy < price)
        {
            return false;
        }

        Energy -= price;
        return true;
    }

    public void Push(in UInt256 word)
    {
        if (StackSize == _stack.Length)
        {
            Array.Resize(ref _stack, Math.Min(StackLimit, 4 * _stack.Length));
        }

        _stack[StackSize++] = word;
    }

    public void Push(bool flag) => Push(flag ? UInt256.One : UInt256.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UInt256 Pop() => _stack[--StackSize];

    /// <summary>The word so many below the top.</summary>
    public ref UInt256 Peek(int below = 0) => ref _stack[StackSize - 1 - below];

    /// <summary>Pays for and makes room in memory for a range, whose place and size are small numbers then.</summary>
    public TvmStatus Reach(UInt256 offset, UInt256 size, long price, out long place, out long length)
    {
        (place, length) = (0, 0);
        long end = 0;
        if (!size.IsZero)
        {
            if (!offset.TryGetWithin(FrameMemory.Limit, out place) || !size.TryGetWithin(FrameMemory.Limit - place, out length))
            {
                return TvmStatus.OutOfMemory;
            }

            end = place + length;
        }

        if (!TryPay(price + Memory.PriceOf(end)))
        {
            return TvmStatus.OutOfEnergy;
        }

        Memory.Grow(end);
        return TvmStatus.None;
    }
}
