using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Operations;

/// <summary>The reports as JSON, on the control socket and for <c>--json</c>: amounts are strings of whole smallest units.</summary>
internal static class OperationsJson
{
    public static JsonSerializerOptions Format { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new TextConverter<TokenAmount>(TokenAmount.TryParse, "an amount in smallest units"),
            new TextConverter<PricePerMegabyte>(PricePerMegabyte.TryParse, "a price in smallest units"),
            new TextConverter<ChannelId>(ChannelId.TryParse, "a channel id"),
            new TextConverter<Bytes32>(Bytes32.TryParse, "a transaction id"),
            new TextConverter<TronAddress>(TronAddress.TryParse, "a TRON address"),
        },
    };
}
