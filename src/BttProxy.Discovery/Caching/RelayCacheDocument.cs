using System.Text.Json;
using System.Text.Json.Serialization;

namespace BttProxy.Discovery.Caching;

/// <summary>The cache as it stands on disk. Times are Unix seconds; the file is ours alone, but its bytes are not trusted.</summary>
internal sealed record RelayCacheDocument(int Version, IReadOnlyList<CachedRelayEntry> Relays, IReadOnlyList<RelayBanEntry> Bans)
{
    public const int CurrentVersion = 1;

    /// <summary>Three times a full cache.</summary>
    public const int MaxBytes = 1 << 20;

    /// <exception cref="InvalidDataException">Not a cache of this version.</exception>
    public static RelayCacheDocument Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var document = JsonSerializer.Deserialize(json, RelayCacheJson.Default.RelayCacheDocument);
            return document is { Version: CurrentVersion, Relays: not null, Bans: not null }
                ? document
                : throw new InvalidDataException("it is not a relay cache of this version");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("it is not valid JSON", exception);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RelayCacheJson.Default.RelayCacheDocument);
}

/// <summary>A signed record in its file encoding (base64 in JSON), when it was last seen, and whether it served us.</summary>
internal sealed record CachedRelayEntry(byte[]? Record, long SeenAt, bool WasUsed);

internal sealed record RelayBanEntry(string? Relay, long Until);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RelayCacheDocument))]
internal sealed partial class RelayCacheJson : JsonSerializerContext;
