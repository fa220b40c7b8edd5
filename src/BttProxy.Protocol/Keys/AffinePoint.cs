namespace BttProxy.Protocol.Keys;

/// <summary>A point of secp256k1 other than infinity by its two coordinates. For public data only, as <see cref="FieldElement"/>.</summary>
internal readonly struct AffinePoint(in FieldElement x, in FieldElement y)
{
    // Fields: a property would be copied for each operation.
    public readonly FieldElement X = x;
    public readonly FieldElement Y = y;

    /// <param name="xy">x ‖ y, 64 bytes.</param>
    public static AffinePoint FromBytes(ReadOnlySpan<byte> xy) => new(FieldElement.FromBytes(xy[..32]), FieldElement.FromBytes(xy[32..]));
}
