using System.Text.Json;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Channels;

/// <summary>
/// A signed structure as JSON: {primaryType, domain, value, signature}, the form in which wallets and other
/// implementations exchange typed data. For disputes and for checking implementations against each other.
/// </summary>
public sealed record TypedDataDocument
{
    /// <summary>Longest document that is read.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Channel, OpenChannel, Voucher, CooperativeClose or SessionRequest.</summary>
    public required string PrimaryType { get; init; }

    public required ChannelDomain Domain { get; init; }

    public required Bytes32 StructHash { get; init; }

    /// <summary>What was signed.</summary>
    public required Bytes32 Digest { get; init; }

    /// <summary>As given, of any length.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <exception cref="FormatException">Not such a document; the message is one line that names the field.</exception>
    public static TypedDataDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MaxLength)
        {
            throw new FormatException($"A typed-data document is at most {MaxLength} bytes long.");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 8 });
            return TypedDataReader.Read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new FormatException($"Not valid JSON at line {error.LineNumber + 1}.", error);
        }
        catch (InvalidOperationException error)
        {
            // A lone surrogate in a string: JSON by grammar, no text by Unicode.
            throw new FormatException("The document contains text that is not valid Unicode.", error);
        }
    }

    /// <summary>Who signed, with the contract's verdict.</summary>
    public SignatureVerdict Recover(out TronAddress signer) => Secp256k1.Recover(Digest, Signature.Span, out signer);
}
