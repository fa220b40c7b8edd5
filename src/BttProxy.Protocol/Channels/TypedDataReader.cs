using System.Globalization;
using System.Text.Json;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Channels;

/// <summary>Reads the five structures from JSON; numbers may be JSON numbers or decimal text, addresses are Base58Check.</summary>
internal static class TypedDataReader
{
    private const int MaxSignatureLength = 256;

    public static TypedDataDocument Read(JsonElement root)
    {
        var domain = Domain(Object(root, "domain"));
        var value = Object(root, "value");
        var type = Text(root, "primaryType");
        var structHash = type switch
        {
            "Channel" => Terms(value).StructHash,
            "OpenChannel" => new OpenChannel(
                Channel(value), Amount(value, "amount"), Epoch(value), UInt40(value, "deadline")).StructHash(),
            "Voucher" => new Voucher(Channel(value), Epoch(value), Amount(value, "cumulativeAmount")).StructHash(),
            "CooperativeClose" => new CooperativeClose(
                Channel(value), Epoch(value), Amount(value, "finalAmount"), UInt40(value, "deadline")).StructHash(),
            "SessionRequest" => new SessionRequest(
                Channel(value), Epoch(value), Hash(value, "recordHash"),
                new PricePerMegabyte(Amount(value, "pricePerMegabyte").Units),
                (ulong)Number(value, "timestamp", ulong.MaxValue), Hash(value, "nonce")).StructHash(),
            _ => throw Wrong("primaryType", "Channel, OpenChannel, Voucher, CooperativeClose or SessionRequest"),
        };
        return new TypedDataDocument
        {
            PrimaryType = type,
            Domain = domain,
            StructHash = structHash,
            Digest = domain.Digest(structHash),
            Signature = Signature(root),
        };
    }

    private static ChannelDomain Domain(JsonElement domain)
    {
        if (Text(domain, "name") != ProtocolConstants.ContractName || Text(domain, "version") != ProtocolConstants.ContractVersion)
        {
            throw Wrong("domain", $"{ProtocolConstants.ContractName} version {ProtocolConstants.ContractVersion}");
        }

        return new ChannelDomain((ulong)Number(domain, "chainId", ulong.MaxValue), Address(domain, "verifyingContract"));
    }

    private static ChannelTerms Terms(JsonElement value) =>
        new(
            Address(value, "payer"), Address(value, "signer"), Address(value, "payee"), Address(value, "payeeAuthorizer"),
            Address(value, "token"), UInt40(value, "withdrawDelay"), Hash(value, "salt"));

    private static ChannelId Channel(JsonElement value) => new(Hash(value, "channelId"));

    private static TokenAmount Amount(JsonElement value, string field) => new(Number(value, field, UInt128.MaxValue));

    private static ulong Epoch(JsonElement value) => (ulong)Number(value, "epoch", ulong.MaxValue);

    private static ulong UInt40(JsonElement value, string field) => (ulong)Number(value, field, ProtocolConstants.MaxUInt40);

    private static byte[] Signature(JsonElement root)
    {
        var text = Text(root, "signature").AsSpan();
        text = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        try
        {
            return text.Length <= MaxSignatureLength * 2
                ? Convert.FromHexString(text)
                : throw Wrong("signature", $"at most {MaxSignatureLength} bytes");
        }
        catch (FormatException)
        {
            throw Wrong("signature", "hexadecimal digits, at most 256 bytes");
        }
    }

    private static Bytes32 Hash(JsonElement parent, string field) =>
        Bytes32.TryParse(Text(parent, field), out var hash) ? hash : throw Wrong(field, "32 bytes as hexadecimal digits");

    private static TronAddress Address(JsonElement parent, string field) =>
        TronAddress.TryParse(Text(parent, field), out var address) ? address : throw Wrong(field, "a TRON address (T...)");

    private static UInt128 Number(JsonElement parent, string field, UInt128 limit)
    {
        var present = parent.TryGetProperty(field, out var value);
        var text = !present ? ""
            : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : "";
        return UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= limit
            ? number
            : throw Wrong(field, $"a whole number up to {limit}");
    }

    private static JsonElement Object(JsonElement parent, string field) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Object
            ? value
            : throw Wrong(field, "an object");

    private static string Text(JsonElement parent, string field) =>
        parent.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Wrong(field, "text");

    private static FormatException Wrong(string field, string expected) => new($"The document's \"{field}\" must be {expected}.");
}
