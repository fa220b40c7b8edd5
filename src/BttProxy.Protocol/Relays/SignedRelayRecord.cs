using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Relays;

/// <summary>
/// A record as the DHT stores it: BEP 44 mutable item with salt "r1". Self-certifying, so any mirror may carry it.
/// </summary>
/// <param name="Id">Who signed.</param>
/// <param name="Seq">Unix milliseconds; the highest wins.</param>
/// <param name="Value">The encoded record: the bytes inside the item's bencoded string.</param>
/// <param name="Signature">64 bytes, exactly BEP 44's.</param>
public sealed record SignedRelayRecord(RelayId Id, long Seq, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Signature)
{
    private const int HeaderLength = Bytes32.Length + sizeof(long) + RelayIdentity.SignatureLength;

    /// <summary>Longest result of <see cref="Encode"/>.</summary>
    public const int MaxEncodedLength = HeaderLength + ProtocolConstants.MaxRecordValueLength;

    /// <summary>SHA-256 of the encoded record: what a <c>SessionRequest</c> agrees to.</summary>
    public Bytes32 RecordHash
    {
        get
        {
            Span<byte> hash = stackalloc byte[Bytes32.Length];
            SHA256.HashData(Value.Span, hash);
            return new Bytes32(hash);
        }
    }

    /// <exception cref="ArgumentException">
    /// The record's fields are out of range, it is longer than a BEP 44 item, or its binding is not for this identity.
    /// </exception>
    public static SignedRelayRecord Create(RelayIdentity identity, RelayRecord record, long seq)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seq);
        var value = RelayRecordCodec.Encode(record);
        if (value.Length > ProtocolConstants.MaxRecordValueLength)
        {
            throw new ArgumentException(
                $"The record takes {value.Length} bytes and may take {ProtocolConstants.MaxRecordValueLength}; "
                + "name fewer neighbours or a shorter server name.",
                nameof(record));
        }

        if (RelayBinding.Recover(identity.Id, record.Payee, record.Binding, out _) != SignatureVerdict.Valid)
        {
            throw new ArgumentException("The record's binding signature is not valid.", nameof(record));
        }

        return new SignedRelayRecord(identity.Id, seq, value, identity.Sign(SignedBytes(seq, value)));
    }

    /// <summary>Signature, canonical form, version and binding. Freshness is for the caller, who has a clock.</summary>
    public bool TryVerify([NotNullWhen(true)] out RelayRecord? record, out RecordRejection reason)
    {
        record = null;
        reason = Verify(ref record);
        return reason == RecordRejection.None;
    }

    /// <summary>relay id (32) ‖ seq (8, big-endian) ‖ signature (64) ‖ value: for files, mirrors and <c>GET {t}/r</c>.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[HeaderLength + Value.Length];
        Id.Value.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(32), Seq);
        Signature.Span.CopyTo(bytes.AsSpan(40));
        Value.Span.CopyTo(bytes.AsSpan(HeaderLength));
        return bytes;
    }

    /// <summary>Takes the parts apart and copies them; nothing is verified yet.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedRelayRecord? record)
    {
        record = null;
        if (bytes.Length is <= HeaderLength or > MaxEncodedLength)
        {
            return false;
        }

        record = new SignedRelayRecord(
            new RelayId(new Bytes32(bytes[..32])),
            BinaryPrimitives.ReadInt64BigEndian(bytes[32..]),
            bytes[HeaderLength..].ToArray(),
            bytes[40..HeaderLength].ToArray());
        return true;
    }

    public bool Equals(SignedRelayRecord? other) =>
        other is not null
        && Id == other.Id
        && Seq == other.Seq
        && Value.Span.SequenceEqual(other.Value.Span)
        && Signature.Span.SequenceEqual(other.Signature.Span);

    public override int GetHashCode() => HashCode.Combine(Id, Seq);

    // BEP 44: the bencoded pairs salt, seq and v, without the dictionary around them.
    private static byte[] SignedBytes(long seq, ReadOnlySpan<byte> value)
    {
        var prefix = string.Create(
            CultureInfo.InvariantCulture,
            $"4:salt{ProtocolConstants.RecordSalt.Length}:{ProtocolConstants.RecordSalt}3:seqi{seq}e1:v{value.Length}:");
        var bytes = new byte[prefix.Length + value.Length];
        var length = Encoding.ASCII.GetBytes(prefix, bytes);
        value.CopyTo(bytes.AsSpan(length));
        return bytes;
    }

    private RecordRejection Verify(ref RelayRecord? record)
    {
        if (Value.IsEmpty || Value.Length > ProtocolConstants.MaxRecordValueLength)
        {
            return RecordRejection.TooLarge;
        }

        if (Seq < 0 || !RelayIdentity.Verify(Id, SignedBytes(Seq, Value.Span), Signature.Span))
        {
            return RecordRejection.BadSignature;
        }

        var form = RelayRecordCodec.TryDecode(Value, out var decoded);
        if (form != RecordRejection.None)
        {
            return form;
        }

        if (RelayBinding.Recover(Id, decoded!.Payee, decoded.Binding, out var authorizer) != SignatureVerdict.Valid)
        {
            return RecordRejection.BadBinding;
        }

        record = decoded with { PayeeAuthorizer = authorizer };
        return RecordRejection.None;
    }
}
