namespace BttProxy.Protocol.Keys;

/// <summary>A relay's Ed25519 public key; as text in z-base-32 (52 characters).</summary>
public readonly record struct RelayId(Bytes32 Value) : IComparable<RelayId>
{
    public static bool TryParse(ReadOnlySpan<char> text, out RelayId id)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Length];
        var parsed = ZBase32.TryDecode(text, bytes);
        id = parsed ? new RelayId(new Bytes32(bytes)) : default;
        return parsed;
    }

    /// <exception cref="FormatException">Not 52 characters of z-base-32.</exception>
    public static RelayId Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var id) ? id : throw new FormatException("A relay id is 52 characters of z-base-32.");

    public int CompareTo(RelayId other) => Value.Span.SequenceCompareTo(other.Value.Span);

    public static bool operator <(RelayId left, RelayId right) => left.CompareTo(right) < 0;

    public static bool operator >(RelayId left, RelayId right) => left.CompareTo(right) > 0;

    public static bool operator <=(RelayId left, RelayId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RelayId left, RelayId right) => left.CompareTo(right) >= 0;

    public override string ToString() => ZBase32.Encode(Value.Span);
}
