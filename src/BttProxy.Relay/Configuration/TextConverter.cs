using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BttProxy.Relay.Configuration;

/// <summary>Reads a value that the file writes as a string.</summary>
internal sealed class TextConverter<T>(TextConverter<T>.TryParse tryParse, string expected) : JsonConverter<T>
    where T : notnull
{
    public delegate bool TryParse(ReadOnlySpan<char> text, [MaybeNullWhen(false)] out T value);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && tryParse(reader.GetString()!, out var value)
            ? value
            : throw new JsonException($"The value must be {expected}.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
