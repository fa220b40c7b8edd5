namespace BttProxy.Protocol.Keys;

/// <summary>
/// Public-key recovery with the verdict of the contract: the precompile <c>ecrecover</c> (v is 27 or 28, r and s in
/// [1, n-1], r the x coordinate of R, v the parity of R's y, recovered key not infinity), and low s besides.
/// </summary>
public static class Secp256k1
{
    private static readonly NativeSecp256k1? Native = NativeSecp256k1.TryLoad();

    /// <summary>What <see cref="Recover(Bytes32, ReadOnlySpan{byte}, out TronAddress)"/> and signing use in this process.</summary>
    public static Secp256k1Backend Backend => Native is null ? Secp256k1Backend.Portable : Secp256k1Backend.Native;

    /// <summary>Group order n.</summary>
    internal static ReadOnlySpan<byte> Order =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE,
        0xBA, 0xAE, 0xDC, 0xE6, 0xAF, 0x48, 0xA0, 0x3B, 0xBF, 0xD2, 0x5E, 0x8C, 0xD0, 0x36, 0x41, 0x41,
    ];

    /// <summary>(n - 1) / 2, the largest low s.</summary>
    internal static ReadOnlySpan<byte> HalfOrder =>
    [
        0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0x5D, 0x57, 0x6E, 0x73, 0x57, 0xA4, 0x50, 0x1D, 0xDF, 0xE9, 0x2F, 0x46, 0x68, 0x1B, 0x20, 0xA0,
    ];

    /// <summary>The generator G, x ‖ y.</summary>
    internal static ReadOnlySpan<byte> Generator =>
    [
        0x79, 0xBE, 0x66, 0x7E, 0xF9, 0xDC, 0xBB, 0xAC, 0x55, 0xA0, 0x62, 0x95, 0xCE, 0x87, 0x0B, 0x07,
        0x02, 0x9B, 0xFC, 0xDB, 0x2D, 0xCE, 0x28, 0xD9, 0x59, 0xF2, 0x81, 0x5B, 0x16, 0xF8, 0x17, 0x98,
        0x48, 0x3A, 0xDA, 0x77, 0x26, 0xA3, 0xC4, 0x65, 0x5D, 0xA4, 0xFB, 0xFC, 0x0E, 0x11, 0x08, 0xA8,
        0xFD, 0x17, 0xB4, 0x48, 0xA6, 0x85, 0x54, 0x19, 0x9C, 0x47, 0xD0, 0x8F, 0xFB, 0x10, 0xD4, 0xB8,
    ];

    /// <summary>Recovers the signer's address. <paramref name="signer"/> is zero unless the verdict is valid.</summary>
    /// <param name="digest">The 32 bytes that were signed.</param>
    /// <param name="signature">r ‖ s ‖ v; any length is accepted as input and judged.</param>
    /// <param name="signer">The address that signed.</param>
    public static SignatureVerdict Recover(Bytes32 digest, ReadOnlySpan<byte> signature, out TronAddress signer) =>
        Recover(Backend, digest, signature, out signer);

    /// <summary>As above with a chosen backend; <see cref="Secp256k1Backend.Native"/> must be available.</summary>
    public static SignatureVerdict Recover(
        Secp256k1Backend backend, Bytes32 digest, ReadOnlySpan<byte> signature, out TronAddress signer)
    {
        Span<byte> publicKey = stackalloc byte[64];
        return Recover(backend, digest, signature, publicKey, out signer);
    }

    /// <summary>As above, with the recovered key (x ‖ y, 64 bytes), which is only meaningful when the verdict is valid.</summary>
    internal static SignatureVerdict Recover(
        Secp256k1Backend backend, Bytes32 digest, ReadOnlySpan<byte> signature, Span<byte> publicKey, out TronAddress signer)
    {
        signer = default;
        var form = CheckForm(signature);
        if (form != SignatureVerdict.Valid)
        {
            return form;
        }

        var yIsOdd = signature[64] == 28;
        var recovered = backend == Secp256k1Backend.Native
            ? RequireNative().TryRecover(digest.Span, signature[..64], yIsOdd, publicKey)
            : PortableSecp256k1.TryRecover(digest.Span, signature[..64], yIsOdd, publicKey);
        if (!recovered)
        {
            return SignatureVerdict.NotRecoverable;
        }

        signer = TronAddress.FromPublicKey(publicKey);
        return SignatureVerdict.Valid;
    }

    internal static void Sign(Secp256k1Backend backend, ReadOnlySpan<byte> privateKey, Bytes32 digest, Span<byte> signature)
    {
        if (backend == Secp256k1Backend.Native)
        {
            RequireNative().Sign(privateKey, digest.Span, signature);
        }
        else
        {
            PortableSecp256k1.Sign(privateKey, digest.Span, signature);
        }
    }

    internal static void PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        if (Native is null)
        {
            PortableSecp256k1.PublicKey(privateKey, publicKey);
        }
        else
        {
            Native.PublicKey(privateKey, publicKey);
        }
    }

    /// <summary>True for 1 .. n-1.</summary>
    internal static bool IsScalar(ReadOnlySpan<byte> value) =>
        value.Length == 32 && value.IndexOfAnyExcept((byte)0) >= 0 && value.SequenceCompareTo(Order) < 0;

    /// <summary>What can be said without the curve.</summary>
    internal static SignatureVerdict CheckForm(ReadOnlySpan<byte> signature)
    {
        if (signature.Length != RecoverableSignature.Length)
        {
            return SignatureVerdict.WrongLength;
        }

        var s = signature[32..64];
        return !IsScalar(signature[..32]) ? SignatureVerdict.ROutOfRange
            : !IsScalar(s) ? SignatureVerdict.SOutOfRange
            : s.SequenceCompareTo(HalfOrder) > 0 ? SignatureVerdict.HighS
            : signature[64] is not (27 or 28) ? SignatureVerdict.BadRecoveryId
            : SignatureVerdict.Valid;
    }

    private static NativeSecp256k1 RequireNative() =>
        Native ?? throw new InvalidOperationException("libsecp256k1 with its recovery module is not installed on this machine.");
}
