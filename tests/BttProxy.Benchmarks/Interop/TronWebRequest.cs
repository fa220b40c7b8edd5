using System.Text.Json;

namespace BttProxy.Benchmarks.Interop;

/// <summary>A question of tests/interop/tronweb; which fields it has depends on what it asks.</summary>
internal sealed record TronWebRequest(
    string Ask, string Text = "", string Hex = "", string Key = "", string To = "", string Reference = "",
    long Sun = 0, long Timestamp = 0, long Expiration = 0, long FeeLimit = 0)
{
    /// <summary>Typed data with its domain and signature, as TypedDataDocument reads it.</summary>
    public JsonElement Document { get; init; }
}
