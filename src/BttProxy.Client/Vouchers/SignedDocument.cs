using System.Text.Json;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Vouchers;

/// <summary>A typed-data document and, where it names one, who should have signed it.</summary>
internal sealed record SignedDocument(TypedDataDocument Content, TronAddress? ExpectedSigner)
{
    /// <exception cref="ClientException">Not such a document; the message says which field is wrong.</exception>
    public static SignedDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return new SignedDocument(TypedDataDocument.Parse(json), ReadExpectedSigner(json));
        }
        catch (Exception failure) when (failure is FormatException or JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not UTF-8, or half of a surrogate pair.
            throw new ClientException(
                ExitCode.BadInput,
                $"The signed document cannot be read: {failure.Message} Expected {{primaryType, domain, value, signature}}.".ReplaceLineEndings(" "),
                failure);
        }
    }

    private static TronAddress? ReadExpectedSigner(ReadOnlyMemory<byte> json)
    {
        // A repeated field could mean one thing to us and another to whoever shows the document.
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
        if (!document.RootElement.TryGetProperty("signer", out var signer))
        {
            return null;
        }

        return signer.ValueKind == JsonValueKind.String && TronAddress.TryParse(signer.GetString(), out var address)
            ? address
            : throw new FormatException("The document's \"signer\" must be a TRON address (T...).");
    }
}
