using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Terminal;

/// <summary>One JSON object per line, for programs and for people on a terminal, not inside a web page: names stay readable.</summary>
internal static class JsonLine
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new AmountConverter() },
    };

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Format);

    private sealed class AmountConverter : JsonConverter<TokenAmount>
    {
        public override TokenAmount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TokenAmount.Parse(reader.GetString());

        public override void Write(Utf8JsonWriter writer, TokenAmount value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
