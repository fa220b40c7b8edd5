using System.Text.Json;
using System.Text.Json.Serialization;

namespace BttProxy.Client.Wallets;

/// <summary>The JSON of a Web3 Secret Storage file, version 3. Names are the format's.</summary>
internal sealed record KeystoreDocument(
    [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("address")] string? Address,
    [property: JsonPropertyName("crypto")] KeystoreCrypto? Crypto)
{
    public static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        MaxDepth = 8,
        // The format's example says "crypto", ethers and MyEtherWallet write "Crypto".
        PropertyNameCaseInsensitive = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}

internal sealed record KeystoreCrypto(
    [property: JsonPropertyName("cipher")] string? Cipher,
    [property: JsonPropertyName("cipherparams")] KeystoreCipherParameters? CipherParameters,
    [property: JsonPropertyName("ciphertext")] string? CipherText,
    [property: JsonPropertyName("kdf")] string? KeyDerivation,
    [property: JsonPropertyName("kdfparams")] KeystoreKeyParameters? KeyParameters,
    [property: JsonPropertyName("mac")] string? Mac);

internal sealed record KeystoreCipherParameters([property: JsonPropertyName("iv")] string? InitialVector);

internal sealed record KeystoreKeyParameters(
    [property: JsonPropertyName("dklen")] int Length,
    [property: JsonPropertyName("salt")] string? Salt,
    [property: JsonPropertyName("n")] int? N,
    [property: JsonPropertyName("r")] int? R,
    [property: JsonPropertyName("p")] int? P,
    [property: JsonPropertyName("c")] int? Iterations,
    [property: JsonPropertyName("prf")] string? PseudoRandomFunction);
