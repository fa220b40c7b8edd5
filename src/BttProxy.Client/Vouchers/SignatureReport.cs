using System.Text.Json;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Vouchers;

/// <summary>The verdict on a signed document: the same that the contract's <c>ecrecover</c> gives, and whether the right key signed.</summary>
internal sealed record SignatureReport(string Digest, string? Signer, bool Accepted, string Code)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static SignatureReport For(SignedDocument document)
    {
        var verdict = document.Content.Recover(out var signer);
        var digest = document.Content.Digest.ToString();
        if (verdict != SignatureVerdict.Valid)
        {
            return new SignatureReport(digest, null, false, verdict.ToString());
        }

        var expected = document.ExpectedSigner is not { } named || named == signer;
        return new SignatureReport(digest, signer.ToString(), expected, expected ? verdict.ToString() : "SignerMismatch");
    }

    public string ToJson() => JsonSerializer.Serialize(this, Format);
}
