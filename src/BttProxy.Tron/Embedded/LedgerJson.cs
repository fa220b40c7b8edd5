using System.Text.Json;
using System.Text.Json.Serialization;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Embedded;

/// <summary>JSON of the embedded ledger: our types as the text that people know, amounts as decimal strings.</summary>
public static class LedgerJson
{
    /// <summary>Longest transaction that the ledger reads: a full claim with room.</summary>
    public const int MaxLength = 512 * 1024;

    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 8,
        Converters =
        {
            new TextConverter<TokenAmount>(TokenAmount.TryParse),
            new TextConverter<TronAddress>(TronAddress.TryParse),
            new TextConverter<Bytes32>(Bytes32.TryParse),
            new TextConverter<ChannelId>(ChannelId.TryParse),
            new TextConverter<RecoverableSignature>(RecoverableSignature.TryParse),
        },
    };

    /// <summary>Reads what a stranger sent.</summary>
    /// <exception cref="JsonException">Not a transaction.</exception>
    public static LedgerTransaction ReadTransaction(ReadOnlySpan<byte> utf8)
    {
        try
        {
            // The reader's null checks do not reach into collections.
            return JsonSerializer.Deserialize<LedgerTransaction>(utf8, Options) is { } transaction
                && transaction is not ClaimTransaction { Rows: { IsDefault: true } }
                && (transaction is not ClaimTransaction claim || claim.Rows.All(row => row is not null))
                ? transaction
                : throw new JsonException("A transaction and its rows are not null.");
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            // A value that its type refuses (a deadline beyond uint40), or no "type" in front.
            throw new JsonException(exception.Message, exception);
        }
    }

    private delegate bool TryParse<T>(ReadOnlySpan<char> text, out T value);

    private sealed class TextConverter<T>(TryParse<T> tryParse) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && tryParse(reader.GetString(), out var value)
                ? value
                : throw new JsonException($"Not a {typeof(T).Name}.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
