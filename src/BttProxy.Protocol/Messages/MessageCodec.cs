using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using BttProxy.Protocol.Messages.Formatters;
using MessagePack;
using MessagePack.Resolvers;

namespace BttProxy.Protocol.Messages;

/// <summary>Messages as MessagePack arrays with numbered fields, and only in their one canonical encoding.</summary>
public static class MessageCodec
{
    private static readonly MessagePackSerializerOptions Options = MessagePackSerializerOptions.Standard
        .WithResolver(CompositeResolver.Create(WireFormat.All, [StandardResolver.Instance]))
        .WithSecurity(MessagePackSecurity.UntrustedData);

    public static byte[] Encode<T>(T message)
        where T : class, IWireMessage =>
        MessagePackSerializer.Serialize(message, Options);

    /// <summary>
    /// False for anything but exactly one message in canonical form: too long, malformed, missing, unknown or trailing
    /// fields, a number or length in a longer form than needed. Nothing is allocated for a message over the limit.
    /// </summary>
    public static bool TryDecode<T>(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out T? message)
        where T : class, IWireMessage
    {
        message = null;
        if (bytes.IsEmpty || bytes.Length > T.MaxEncodedLength)
        {
            return false;
        }

        T decoded;
        try
        {
            decoded = MessagePackSerializer.Deserialize<T>(bytes, Options, out var read);
            if (decoded is null || read != bytes.Length)
            {
                return false;
            }
        }
        catch (MessagePackSerializationException)
        {
            return false;
        }

        // One comparison covers every way to write a message differently: a resend is identical or refused.
        if (!MessagePackSerializer.Serialize(decoded, Options).AsSpan().SequenceEqual(bytes.Span))
        {
            return false;
        }

        message = decoded;
        return true;
    }

    /// <summary>As above, for a body read in pieces.</summary>
    public static bool TryDecode<T>(ReadOnlySequence<byte> bytes, [NotNullWhen(true)] out T? message)
        where T : class, IWireMessage
    {
        message = null;
        return bytes.Length <= T.MaxEncodedLength
            && TryDecode(bytes.IsSingleSegment ? bytes.First : bytes.ToArray(), out message);
    }
}
