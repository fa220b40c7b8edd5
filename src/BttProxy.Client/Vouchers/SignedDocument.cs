using System.Globalization;
using System.Text.Json;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Vouchers;

/// <summary>One signed typed-data document: what was signed (as a digest), the signature as given, and who should have signed.</summary>
internal sealed record SignedDocument(Bytes32 Digest, byte[] Signature, TronAddress? ExpectedSigner)
{
    public const int MaximumBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <exception cref="ClientException">Not such a document; the message says which field is wrong.</exception>
    public static SignedDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaximumBytes)
        {
            throw Bad($"it is larger than {MaximumBytes} bytes");
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var root = new TypedFields(document.RootElement, "the document");
            return new SignedDocument(
                DigestOf(root.Text("primaryType"), root.Object("value"), Domain(root.Object("domain"))),
                root.Hex("signature"),
                root.OptionalAddress("signer"));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not UTF-8, or half of a surrogate pair.
            throw Bad("it is not valid JSON", failure);
        }
        catch (FormatException failure)
        {
            throw Bad(failure.Message, failure);
        }
    }

    private static ChannelDomain Domain(TypedFields domain)
    {
        // The contract's domain is fixed; another name or version would be another contract's signature.
        domain.Require("name", "BttChannels");
        domain.Require("version", "1");
        return new ChannelDomain((ulong)domain.Integer("chainId", ulong.MaxValue), domain.Address("verifyingContract"));
    }

    private static Bytes32 DigestOf(string primaryType, TypedFields value, ChannelDomain domain) => primaryType switch
    {
        "Channel" => new ChannelTerms(
            value.Address("payer"),
            value.Address("signer"),
            value.Address("payee"),
            value.Address("payeeAuthorizer"),
            value.Address("token"),
            (ulong)value.Integer("withdrawDelay", TypedFields.UInt40),
            value.Bytes32("salt")).Id(domain).Value,
        "OpenChannel" => new OpenChannel(
            Channel(value), Amount(value, "amount"), Epoch(value), (ulong)value.Integer("deadline", TypedFields.UInt40)).Digest(domain),
        "Voucher" => new Voucher(Channel(value), Epoch(value), Amount(value, "cumulativeAmount")).Digest(domain),
        "CooperativeClose" => new CooperativeClose(
            Channel(value), Epoch(value), Amount(value, "finalAmount"), (ulong)value.Integer("deadline", TypedFields.UInt40)).Digest(domain),
        "SessionRequest" => new SessionRequest(
            Channel(value),
            Epoch(value),
            value.Bytes32("recordHash"),
            new PricePerMegabyte(value.Integer("pricePerMegabyte", UInt128.MaxValue)),
            (ulong)value.Integer("timestamp", ulong.MaxValue),
            value.Bytes32("nonce")).Digest(domain),
        _ => throw new FormatException("primaryType is none of Channel, OpenChannel, Voucher, CooperativeClose, SessionRequest"),
    };

    private static ChannelId Channel(TypedFields value) => new(value.Bytes32("channelId"));

    private static ulong Epoch(TypedFields value) => (ulong)value.Integer("epoch", ulong.MaxValue);

    private static TokenAmount Amount(TypedFields value, string name) => new(value.Integer(name, UInt128.MaxValue));

    private static ClientException Bad(string reason, Exception? inner = null) =>
        new(ExitCode.BadInput, string.Create(CultureInfo.InvariantCulture, $"The signed document cannot be read: {reason}. Expected {{primaryType, domain, value, signature}}."), inner);
}
