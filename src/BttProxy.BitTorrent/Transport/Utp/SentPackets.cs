using System.Numerics;

namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>One packet that was sent and is not acknowledged with all before it.</summary>
internal struct SentPacket
{
    /// <summary>Bytes of the stream; 0 for the FIN.</summary>
    public int Length;

    /// <summary>The last time.</summary>
    public long SentAt;

    public int Transmissions;

    public bool IsAcked;

    /// <summary>Taken for lost, and not sent again yet.</summary>
    public bool IsLost;
}

/// <summary>The packets under way, by position behind the oldest.</summary>
internal sealed class SentPackets
{
    private const int FirstLength = 16;

    private SentPacket[] _ring = [];
    private int _head;

    public int Count { get; private set; }

    public ref SentPacket this[int position] => ref _ring[(_head + position) & (_ring.Length - 1)];

    public void Add(SentPacket packet)
    {
        if (Count == _ring.Length)
        {
            var larger = new SentPacket[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(FirstLength, Count + 1))];
            for (var i = 0; i < Count; i++)
            {
                larger[i] = this[i];
            }
            _ring = larger;
            _head = 0;
        }
        Count++;
        this[Count - 1] = packet;
    }

    public void RemoveFirst()
    {
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
    }

    public void Clear()
    {
        _ring = [];
        _head = 0;
        Count = 0;
    }
}
