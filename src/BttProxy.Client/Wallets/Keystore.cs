using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Wallets;

/// <summary>Encrypts and decrypts one private key as Web3 Secret Storage version 3: scrypt or PBKDF2, AES-128-CTR, Keccak MAC.</summary>
internal static class Keystore
{
    public const int KeyLength = 32;
    private const int DerivedLength = 32;
    private const int MaximumIterations = 10_000_000;

    /// <param name="privateKey">32 bytes.</param>
    /// <param name="address">Its address, for whoever lists the file.</param>
    /// <param name="password">Any text.</param>
    /// <param name="lessCost">For tests that are not about the cost of guessing.</param>
    public static byte[] Encrypt(ReadOnlySpan<byte> privateKey, TronAddress address, string password, ScryptCost? lessCost = null)
    {
        var salt = RandomNumberGenerator.GetBytes(32);
        var initialVector = RandomNumberGenerator.GetBytes(16);
        var cost = lessCost ?? ScryptCost.ForNewFiles;
        var derived = Scrypt.DeriveKey(Encoding.UTF8.GetBytes(password), salt, cost, DerivedLength);
        var cipherText = Crypt(derived, initialVector, privateKey);
        var document = new KeystoreDocument(
            3,
            Guid.NewGuid().ToString(),
            Convert.ToHexStringLower(address.Span),
            new KeystoreCrypto(
                "aes-128-ctr",
                new KeystoreCipherParameters(Convert.ToHexStringLower(initialVector)),
                Convert.ToHexStringLower(cipherText),
                "scrypt",
                new KeystoreKeyParameters(DerivedLength, Convert.ToHexStringLower(salt), cost.N, cost.R, cost.P, null, null),
                Convert.ToHexStringLower(Mac(derived, cipherText))));
        CryptographicOperations.ZeroMemory(derived);
        return JsonSerializer.SerializeToUtf8Bytes(document, KeystoreDocument.Format);
    }

    /// <exception cref="ClientException">The file is not a keystore, asks for too much, or the password is wrong.</exception>
    public static byte[] Decrypt(ReadOnlySpan<byte> json, string password)
    {
        KeystoreCrypto crypto;
        byte[] cipherText, mac, initialVector;
        try
        {
            var document = JsonSerializer.Deserialize<KeystoreDocument>(json, KeystoreDocument.Format);
            crypto = document is { Version: 3, Crypto: { } found } ? found : throw Damaged("it is not a version 3 keystore");
            cipherText = Convert.FromHexString(crypto.CipherText ?? "");
            mac = Convert.FromHexString(crypto.Mac ?? "");
            initialVector = Convert.FromHexString(crypto.CipherParameters?.InitialVector ?? "");
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw Damaged("it is not readable JSON", failure);
        }

        if (crypto.Cipher != "aes-128-ctr" || cipherText.Length is 0 or > KeyLength || mac.Length != 32 || initialVector.Length != 16)
        {
            throw Damaged("its cipher fields have a form that is not supported");
        }

        var derived = DeriveKey(crypto, password);
        if (!CryptographicOperations.FixedTimeEquals(Mac(derived, cipherText), mac))
        {
            throw new ClientException(ExitCode.Wallet, "The wallet password is wrong. Try again; there is no way to recover a forgotten password.");
        }

        // Some writers drop leading zero bytes of the key.
        var key = new byte[KeyLength];
        Crypt(derived, initialVector, cipherText).CopyTo(key.AsSpan(KeyLength - cipherText.Length));
        CryptographicOperations.ZeroMemory(derived);
        return key;
    }

    private static byte[] DeriveKey(KeystoreCrypto crypto, string password)
    {
        var parameters = crypto.KeyParameters ?? throw Damaged("it has no key derivation parameters");
        byte[] salt;
        try
        {
            salt = Convert.FromHexString(parameters.Salt ?? "");
        }
        catch (FormatException failure)
        {
            throw Damaged("its salt is not hexadecimal", failure);
        }

        var secret = Encoding.UTF8.GetBytes(password);
        if (parameters.Length != DerivedLength || salt.Length is 0 or > 256)
        {
            throw Damaged("its key derivation parameters are out of range");
        }

        if (crypto.KeyDerivation == "scrypt")
        {
            var cost = new ScryptCost(parameters.N ?? 0, parameters.R ?? 0, parameters.P ?? 0);
            return cost.IsUsable
                ? Scrypt.DeriveKey(secret, salt, cost, DerivedLength)
                : throw Damaged("its scrypt cost is out of range");
        }

        if (crypto.KeyDerivation == "pbkdf2" && parameters.PseudoRandomFunction == "hmac-sha256")
        {
            return parameters.Iterations is > 0 and <= MaximumIterations
                ? Rfc2898DeriveBytes.Pbkdf2(secret, salt, parameters.Iterations.Value, HashAlgorithmName.SHA256, DerivedLength)
                : throw Damaged("its PBKDF2 cost is out of range");
        }

        throw Damaged("its key derivation is neither scrypt nor PBKDF2 with HMAC-SHA256");
    }

    private static byte[] Mac(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> cipherText)
    {
        Span<byte> input = stackalloc byte[16 + KeyLength];
        derived[16..32].CopyTo(input);
        cipherText.CopyTo(input[16..]);
        return Keccak256.Hash(input[..(16 + cipherText.Length)]).ToArray();
    }

    /// <summary>AES-128-CTR, both directions; at most two blocks.</summary>
    private static byte[] Crypt(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> initialVector, ReadOnlySpan<byte> input)
    {
        using var aes = Aes.Create();
        aes.SetKey(derived[..16]);
        Span<byte> counters = stackalloc byte[KeyLength];
        initialVector.CopyTo(counters);
        BinaryPrimitives.WriteUInt128BigEndian(counters[16..], unchecked(BinaryPrimitives.ReadUInt128BigEndian(initialVector) + 1));
        Span<byte> stream = stackalloc byte[KeyLength];
        aes.EncryptEcb(counters, stream, PaddingMode.None);
        var output = input.ToArray();
        for (var i = 0; i < output.Length; i++)
        {
            output[i] ^= stream[i];
        }

        return output;
    }

    private static ClientException Damaged(string reason, Exception? inner = null) =>
        new(ExitCode.Wallet, $"The wallet file cannot be used: {reason}. Name another one with --wallet, or restore it from a copy.", inner);
}
