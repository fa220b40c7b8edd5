using System.Buffers.Binary;

namespace BttProxy.BitTorrent.Transport.Encryption;

/// <summary>The side that was dialled: it learns which torrent is meant, chooses a method, and gets the other's first bytes.</summary>
/// <param name="exchange">Our part of the key exchange.</param>
/// <param name="torrents">All names of the torrents that we have; asked once.</param>
/// <param name="accepted">Methods in the order of our choice.</param>
internal sealed class ResponderHandshake(KeyExchange exchange, Func<IEnumerable<InfoHash>> torrents, params CryptoMethods[] accepted)
    : EncryptionHandshake(exchange)
{
    private static readonly int OfferLength = Verification.Length + MethodsLength + SizeLength;

    private readonly byte[] _mark = new byte[StreamKeys.Length];
    private Part _next = Part.Key;
    private int _padding;
    private int _payload;

    private enum Part
    {
        Key,
        Mark,
        Name,
        Offer,
        Padding,
        Payload,
    }

    protected override Step Take(ReadOnlySpan<byte> received, out int taken) => _next switch
    {
        Part.Key => TakeTheirKey(received, out taken),
        Part.Mark => TakeTheirMark(received, out taken),
        Part.Name => TakeName(received, out taken),
        Part.Offer => TakeOffer(received, out taken),
        Part.Padding => TakePadding(received, out taken),
        _ => TakePayload(received, out taken),
    };

    private Step TakeTheirKey(ReadOnlySpan<byte> received, out int taken)
    {
        var step = TakeKey(received, out taken);
        if (step == Step.Taken)
        {
            SendKey();
            StreamKeys.WriteMark(Secret, _mark);
            _next = Part.Mark;
        }
        return step;
    }

    private Step TakeTheirMark(ReadOnlySpan<byte> received, out int taken)
    {
        var step = TakeMark(received, _mark, out taken);
        if (step == Step.Taken)
        {
            _next = Part.Name;
        }
        return step;
    }

    private Step TakeName(ReadOnlySpan<byte> received, out int taken)
    {
        taken = StreamKeys.Length;
        if (received.Length < taken)
        {
            return Step.Waits;
        }
        if (StreamKeys.Find(Secret, received[..taken], torrents()) is not { } infoHash)
        {
            return Step.Refused;
        }
        Reading = StreamKeys.OfInitiator(Secret, infoHash);
        Writing = StreamKeys.OfResponder(Secret, infoHash);
        _next = Part.Offer;
        return Step.Taken;
    }

    private Step TakeOffer(ReadOnlySpan<byte> received, out int taken)
    {
        taken = OfferLength;
        if (received.Length < taken)
        {
            return Step.Waits;
        }
        Span<byte> offer = stackalloc byte[OfferLength];
        Reading!.Apply(received[..taken], offer);
        var offered = (CryptoMethods)BinaryPrimitives.ReadUInt32BigEndian(offer[Verification.Length..]);
        Selected = Array.Find(accepted, method => offered.HasFlag(method));
        _padding = BinaryPrimitives.ReadUInt16BigEndian(offer[^SizeLength..]);
        _next = Part.Padding;
        return offer.StartsWith(Verification) && Selected != CryptoMethods.None && _padding <= MaxPadding ? Step.Taken : Step.Refused;
    }

    private Step TakePadding(ReadOnlySpan<byte> received, out int taken)
    {
        taken = _padding + SizeLength;
        if (received.Length < taken)
        {
            return Step.Waits;
        }
        Reading!.Skip(_padding);
        Span<byte> size = stackalloc byte[SizeLength];
        Reading.Apply(received.Slice(_padding, SizeLength), size);
        _payload = BinaryPrimitives.ReadUInt16BigEndian(size);
        _next = Part.Payload;
        return _payload <= MaxInitialPayload ? Step.Taken : Step.Refused;
    }

    private Step TakePayload(ReadOnlySpan<byte> received, out int taken)
    {
        taken = _payload;
        if (received.Length < taken)
        {
            return Step.Waits;
        }
        var payload = received[..taken].ToArray();
        Reading!.Apply(payload);
        InitialPayload = payload;
        SendEncrypted(Verification);
        SendMethods(Selected);
        SendPadding();
        IsComplete = true;
        return Step.Taken;
    }
}
