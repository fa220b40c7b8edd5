using System.Buffers;
using BttProxy.Client.Payments;

namespace BttProxy.Client.Fetching;

/// <summary>A piece being filled from its first byte on, and who delivered which part of it. Its array is pooled.</summary>
internal sealed class PieceBuffer(int index, int length) : IDisposable
{
    private readonly List<Contribution> _contributions = [];
    private byte[]? _bytes = ArrayPool<byte>.Shared.Rent(length);

    public int Index { get; } = index;

    public int Length { get; } = length;

    public int Filled { get; private set; }

    public bool IsComplete => Filled == Length;

    /// <summary>The sessions that contributed, in order.</summary>
    public IReadOnlyList<Contribution> Contributions => _contributions;

    /// <summary>False when several relays contributed: then a wrong hash does not say who lied.</summary>
    public bool IsFromOneRelay => _contributions.TrueForAll(part => part.Session.Relay == _contributions[0].Session.Relay);

    public Memory<byte> Free => Bytes.AsMemory(Filled, Length - Filled);

    public ReadOnlyMemory<byte> Content => Bytes.AsMemory(0, Filled);

    private byte[] Bytes => _bytes ?? throw new ObjectDisposedException(nameof(PieceBuffer));

    public void Advance(int count, SessionTally source)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length - Filled);
        Filled += count;
        if (_contributions.Count > 0 && _contributions[^1].Session == source)
        {
            _contributions[^1] = new Contribution(source, _contributions[^1].Bytes + count);
        }
        else
        {
            _contributions.Add(new Contribution(source, count));
        }
    }

    public void Dispose()
    {
        if (_bytes is { } bytes)
        {
            _bytes = null;
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
