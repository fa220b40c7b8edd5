using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Configuration;

/// <summary>Reads the JSON form of <see cref="RelayOptions"/>. Unknown keys are errors: a misspelt limit must not be silently ignored.</summary>
internal static class RelayConfigurationFile
{
    // Generous for a hand-written file, small enough that a wrong path (an image, a log) is refused at once.
    private const int MaxBytes = 256 * 1024;

    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new TextConverter<IPEndPoint>(IPEndPoint.TryParse, "an address and port such as 127.0.0.1:8443"),
            new TextConverter<TokenAmount>(TokenAmount.TryParse, "an amount in smallest units, as a string of digits"),
            new TextConverter<PricePerMegabyte>(PricePerMegabyte.TryParse, "a price in smallest units, as a string of digits"),
        },
    };

    /// <exception cref="RelayConfigurationException">The file is missing, unreadable or wrong.</exception>
    public static RelayOptions Load(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new RelayConfigurationException($"The configuration file '{path}' does not exist.");
            }

            if (file.Length > MaxBytes)
            {
                throw new RelayConfigurationException($"The configuration file '{path}' is larger than {MaxBytes} bytes: is it the right one?");
            }

            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RelayConfigurationException($"The configuration file '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A configuration that ships with the program.</summary>
    public static RelayOptions LoadPreset(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"relay-config.{name}.json")
            ?? throw new RelayConfigurationException($"There is no preset '{name}'. Presets: {string.Join(", ", PresetNames())}.");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return Parse(buffer.ToArray(), $"preset {name}");
    }

    private static IEnumerable<string> PresetNames() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(n => n.StartsWith("relay-config.", StringComparison.Ordinal))
        .Select(n => n["relay-config.".Length..^".json".Length]);

    private static RelayOptions Parse(ReadOnlySpan<byte> utf8, string source)
    {
        try
        {
            return JsonSerializer.Deserialize<RelayOptions>(utf8, Json)
                ?? throw new RelayConfigurationException($"{source}: the configuration must be a JSON object.");
        }
        catch (JsonException e)
        {
            var place = e.Path is null ? "" : $" at {e.Path}";
            throw new RelayConfigurationException($"{source}: line {e.LineNumber + 1}{place}: {FirstSentence(e.Message)}", e);
        }
    }

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
