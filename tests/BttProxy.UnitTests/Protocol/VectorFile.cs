using System.Text.Json;

namespace BttProxy.UnitTests.Protocol;

/// <summary>Test vectors made with an independent implementation (tronweb).</summary>
internal static class VectorFile
{
    public static JsonElement Channels { get; } = Load("channel-vectors.json");

    public static JsonElement Tron { get; } = Load("tron-vectors.json");

    /// <summary>Calls, results and events of the settlement contract, encoded with ethers.</summary>
    public static JsonElement Abi { get; } = Load("abi-vectors.json");

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static JsonElement Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", name)));
        return document.RootElement.Clone();
    }
}
