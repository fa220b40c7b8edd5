using System.Buffers.Binary;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>The side that dials: it names the torrent, offers methods, and sends its first bytes along.</summary>
internal sealed class InitiatorHandshake : EncryptionHandshake
{
    private const int ChoiceLength = MethodsLength + SizeLength;

    private readonly InfoHash _infoHash;
    private readonly CryptoMethods _offered;
    private readonly byte[] _firstBytes;
    private readonly byte[] _mark = new byte[Verification.Length];
    private Part _next = Part.Key;
    private int _padding;

    /// <param name="exchange">Our part of the key exchange.</param>
    /// <param name="infoHash">The torrent, which the other side must have.</param>
    /// <param name="offered">Methods for what follows.</param>
    /// <param name="firstBytes">Sent with the handshake, which saves a round trip.</param>
    public InitiatorHandshake(KeyExchange exchange, InfoHash infoHash, CryptoMethods offered, ReadOnlySpan<byte> firstBytes)
        : base(exchange)
    {
        _infoHash = infoHash;
        _offered = offered;
        _firstBytes = firstBytes.ToArray();
        SendKey();
    }

    private enum Part
    {
        Key,
        Mark,
        Choice,
        Padding,
    }

    protected override Step Take(ReadOnlySpan<byte> received, out int taken) => _next switch
    {
        Part.Key => TakeTheirKey(received, out taken),
        Part.Mark => TakeTheirMark(received, out taken),
        Part.Choice => TakeChoice(received, out taken),
        _ => TakePadding(received, out taken),
    };

    private Step TakeTheirKey(ReadOnlySpan<byte> received, out int taken)
    {
        if (Handshake.IsProtocol(received))
        {
            // It talks in clear. No key begins like this by chance, and shorter than a key it would be waited for in vain.
            taken = 0;
            return Step.Refused;
        }
        var step = TakeKey(received, out taken);
        if (step == Step.Taken)
        {
            Reading = StreamKeys.OfResponder(Secret, _infoHash);
            Writing = StreamKeys.OfInitiator(Secret, _infoHash);
            // The first encrypted bytes of the other side are zeros.
            Reading.Apply(_mark);
            SendOffer();
            _next = Part.Mark;
        }
        return step;
    }

    private void SendOffer()
    {
        StreamKeys.WriteMark(Secret, Output.GetSpan(StreamKeys.Length));
        Output.Advance(StreamKeys.Length);
        StreamKeys.WriteHiddenName(Secret, _infoHash, Output.GetSpan(StreamKeys.Length));
        Output.Advance(StreamKeys.Length);
        SendEncrypted(Verification);
        SendMethods(_offered);
        SendPadding();
        SendSize(_firstBytes.Length);
        SendEncrypted(_firstBytes);
    }

    private Step TakeTheirMark(ReadOnlySpan<byte> received, out int taken)
    {
        var step = TakeMark(received, _mark, out taken);
        if (step == Step.Taken)
        {
            _next = Part.Choice;
        }
        return step;
    }

    private Step TakeChoice(ReadOnlySpan<byte> received, out int taken)
    {
        taken = ChoiceLength;
        if (received.Length < taken)
        {
            return Step.Waits;
        }
        Span<byte> choice = stackalloc byte[ChoiceLength];
        Reading!.Apply(received[..taken], choice);
        Selected = (CryptoMethods)BinaryPrimitives.ReadUInt32BigEndian(choice);
        _padding = BinaryPrimitives.ReadUInt16BigEndian(choice[MethodsLength..]);
        _next = Part.Padding;
        return Selected is CryptoMethods.Plaintext or CryptoMethods.Rc4 && _offered.HasFlag(Selected) && _padding <= MaxPadding
            ? Step.Taken
            : Step.Refused;
    }

    private Step TakePadding(ReadOnlySpan<byte> received, out int taken)
    {
        taken = _padding;
        if (received.Length < taken)
        {
            return Step.Waits;
        }
        Reading!.Skip(_padding);
        IsComplete = true;
        return Step.Taken;
    }
}
