using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// Answers SYNs without remembering them: the number of our first packet is the SYN's number plus a secret of the address and the minute, so
/// that a first packet which acknowledges it shows both that its sender got the answer and what the SYN was. A flood of SYNs fills nothing.
/// </summary>
internal sealed class SynCookies
{
    private const long Period = 60 * UtpLimits.Second;
    private const int MessageLength = 20 + sizeof(long);

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    /// <param name="syn">The address and the connection id of the SYN.</param>
    /// <param name="sequence">The number of the SYN.</param>
    /// <param name="now">Microseconds.</param>
    public ushort FirstSequence(UtpKey syn, ushort sequence, long now) => SequenceNumber.Add(sequence, Secret(syn, now / Period));

    /// <summary>Reads the SYN's number from a packet that says it is one of the first after it.</summary>
    /// <param name="syn">The address and the connection id that the SYN had.</param>
    /// <param name="header">Of the packet.</param>
    /// <param name="now">Microseconds.</param>
    /// <param name="sequence">The number of the SYN.</param>
    public bool TryRead(UtpKey syn, in UtpHeader header, long now, out ushort sequence)
    {
        for (var age = 0; age < 2; age++)
        {
            sequence = SequenceNumber.Add(header.Ack, 1 - Secret(syn, (now / Period) - age));
            if (SequenceNumber.Distance(sequence, header.Sequence) is > 0 and <= UtpLimits.MaxFirstPackets)
            {
                return true;
            }
        }
        sequence = 0;
        return false;
    }

    private ushort Secret(UtpKey syn, long period)
    {
        Span<byte> message = stackalloc byte[MessageLength];
        syn.Write(message);
        BinaryPrimitives.WriteInt64BigEndian(message[20..], period);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, message, hash);
        return BinaryPrimitives.ReadUInt16BigEndian(hash);
    }
}
