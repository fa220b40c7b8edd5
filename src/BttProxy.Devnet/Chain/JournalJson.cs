using System.Text.Json;
using System.Text.Json.Serialization;
using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain;

/// <summary>The JSON of the journal's lines.</summary>
internal static class JournalJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new Bytes32Converter() },
    };

    private sealed class Bytes32Converter : JsonConverter<Bytes32>
    {
        public override Bytes32 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Bytes32.TryParse(reader.GetString(), out var value)
                ? value
                : throw new JsonException("Not 32 bytes in hexadecimal.");

        public override void Write(Utf8JsonWriter writer, Bytes32 value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
