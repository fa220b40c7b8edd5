using BttProxy.Protocol.Channels;
using MessagePack;

namespace BttProxy.Protocol.Messages;

/// <summary>The body of every refused request; with 402 it carries the offer.</summary>
/// <param name="Code">Why.</param>
/// <param name="Text">One line for a person; never parsed.</param>
/// <param name="Session">Detail of <see cref="RefusalCode.SessionRejected"/>; accepted otherwise.</param>
/// <param name="LastVoucher">The highest voucher the relay holds on the channel, where there is one.</param>
/// <param name="Record">The relay's signed record as encoded by <c>SignedRelayRecord</c>; empty where not offered.</param>
[MessagePackObject]
public sealed record Refusal(
    [property: Key(0)] RefusalCode Code,
    [property: Key(1)] string Text,
    [property: Key(2)] SessionRejection Session,
    [property: Key(3)] SignedVoucher? LastVoucher,
    [property: Key(4)] ReadOnlyMemory<byte> Record) : IWireMessage
{
    public static int MaxEncodedLength => 2048;

    /// <summary>A refusal with nothing but a reason.</summary>
    public static Refusal Because(RefusalCode code, string text) =>
        new(code, text, SessionRejection.Accepted, null, ReadOnlyMemory<byte>.Empty);
}
