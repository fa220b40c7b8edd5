using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BttProxy.Protocol.Keys;

/// <summary>
/// The platform's libsecp256k1, by function pointers because its file name carries a version that differs between
/// distributions. Only the stable C interface is used (secp256k1.h, secp256k1_recovery.h). A context made for signing
/// and verifying is safe for concurrent use once made.
/// </summary>
internal sealed unsafe class NativeSecp256k1
{
    private const uint ContextForSigningAndVerifying = 0x0301;
    private const uint Uncompressed = 0x0002;

    // Opaque structures of the interface: 64 bytes for a public key, 65 for a recoverable signature.
    private const int PublicKeyLength = 64;
    private const int RecoverableLength = 65;

    private static readonly string[] LinuxNames =
        ["libsecp256k1.so.6", "libsecp256k1.so.5", "libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so.0", "libsecp256k1.so"];

    private static readonly string[] MacNames =
        ["libsecp256k1.dylib", "/opt/homebrew/lib/libsecp256k1.dylib", "/usr/local/lib/libsecp256k1.dylib"];

    private static readonly string[] WindowsNames =
        ["libsecp256k1-6.dll", "libsecp256k1-5.dll", "libsecp256k1-2.dll", "libsecp256k1.dll", "secp256k1.dll"];

    private readonly nint _context;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int> _parse;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int> _recover;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, uint, int> _serializeKey;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, int> _createKey;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, void*, int> _sign;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int*, byte*, int> _serializeSignature;

    private NativeSecp256k1(nint library)
    {
        _parse = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int>)
            NativeLibrary.GetExport(library, "secp256k1_ecdsa_recoverable_signature_parse_compact");
        _recover = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int>)
            NativeLibrary.GetExport(library, "secp256k1_ecdsa_recover");
        _serializeKey = (delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, uint, int>)
            NativeLibrary.GetExport(library, "secp256k1_ec_pubkey_serialize");
        _createKey = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int>)
            NativeLibrary.GetExport(library, "secp256k1_ec_pubkey_create");
        _sign = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, void*, int>)
            NativeLibrary.GetExport(library, "secp256k1_ecdsa_sign_recoverable");
        _serializeSignature = (delegate* unmanaged[Cdecl]<nint, byte*, int*, byte*, int>)
            NativeLibrary.GetExport(library, "secp256k1_ecdsa_recoverable_signature_serialize_compact");
        var create = (delegate* unmanaged[Cdecl]<uint, nint>)NativeLibrary.GetExport(library, "secp256k1_context_create");
        var randomize = (delegate* unmanaged[Cdecl]<nint, byte*, int>)NativeLibrary.GetExport(library, "secp256k1_context_randomize");

        _context = create(ContextForSigningAndVerifying);
        // Blinds signing against side channels; the interface asks for it once after creation.
        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        fixed (byte* seedPointer = seed)
        {
            if (_context == 0 || randomize(_context, seedPointer) != 1)
            {
                throw new InvalidOperationException("libsecp256k1 could not make a context.");
            }
        }
    }

    /// <summary>The library, or null where it is absent, lacks the recovery module or fails a known signature.</summary>
    public static NativeSecp256k1? TryLoad()
    {
        var names = OperatingSystem.IsWindows() ? WindowsNames : OperatingSystem.IsMacOS() ? MacNames : LinuxNames;
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, typeof(NativeSecp256k1).Assembly, DllImportSearchPath.SafeDirectories, out var library))
            {
                continue;
            }

            try
            {
                var native = new NativeSecp256k1(library);
                if (native.AgreesWithPortable())
                {
                    return native;
                }
            }
            catch (EntryPointNotFoundException)
            {
                // Built without the recovery module: the next name, or the portable code, serves.
            }

            NativeLibrary.Free(library);
        }

        return null;
    }

    public bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> rs, bool yIsOdd, Span<byte> publicKey)
    {
        var signature = stackalloc byte[RecoverableLength];
        var key = stackalloc byte[PublicKeyLength];
        fixed (byte* digestPointer = digest, rsPointer = rs)
        {
            if (_parse(_context, signature, rsPointer, yIsOdd ? 1 : 0) != 1
                || _recover(_context, key, signature, digestPointer) != 1)
            {
                return false;
            }
        }

        Serialize(key, publicKey);
        return true;
    }

    public void Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> digest, Span<byte> signature)
    {
        var native = stackalloc byte[RecoverableLength];
        int recoveryId;
        fixed (byte* keyPointer = privateKey, digestPointer = digest, output = signature)
        {
            // No nonce function: the library's default is RFC 6979; it returns low s.
            if (_sign(_context, native, digestPointer, keyPointer, 0, null) != 1
                || _serializeSignature(_context, output, &recoveryId, native) != 1)
            {
                throw new CryptographicException("libsecp256k1 refused the private key.");
            }
        }

        signature[64] = (byte)(27 + recoveryId);
    }

    public void PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        var key = stackalloc byte[PublicKeyLength];
        fixed (byte* keyPointer = privateKey)
        {
            if (_createKey(_context, key, keyPointer) != 1)
            {
                throw new CryptographicException("libsecp256k1 refused the private key.");
            }
        }

        Serialize(key, publicKey);
    }

    private void Serialize(byte* key, Span<byte> publicKey)
    {
        var serialized = stackalloc byte[65];
        nuint length = 65;
        _serializeKey(_context, serialized, &length, key, Uncompressed);
        new ReadOnlySpan<byte>(serialized + 1, 64).CopyTo(publicKey);
    }

    private bool AgreesWithPortable()
    {
        Span<byte> privateKey = stackalloc byte[32];
        Span<byte> digest = stackalloc byte[32];
        privateKey.Fill(0x11);
        digest.Fill(0x22);
        Span<byte> expected = stackalloc byte[65];
        Span<byte> actual = stackalloc byte[65];
        PortableSecp256k1.Sign(privateKey, digest, expected);
        Sign(privateKey, digest, actual);
        Span<byte> expectedKey = stackalloc byte[64];
        Span<byte> recoveredKey = stackalloc byte[64];
        PortableSecp256k1.PublicKey(privateKey, expectedKey);
        return actual.SequenceEqual(expected)
            && TryRecover(digest, actual[..64], actual[64] == 28, recoveredKey)
            && recoveredKey.SequenceEqual(expectedKey);
    }
}
