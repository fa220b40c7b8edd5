using System.Text.Json;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Encryption;

/// <summary>Handshakes of an independent implementation (<c>tests/interop/lib/make-encryption-vectors.py</c>).</summary>
internal sealed class EncryptionVector(JsonElement values)
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Load().Length)];

    public static EncryptionVector Get(int number) => new(Load()[number]);

    public byte[] this[string name] => Convert.FromHexString(values.GetProperty(name).GetString()!);

    public uint Number(string name) => values.GetProperty(name).GetUInt32();

    private static JsonElement[] Load()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "encryption-vectors.json")));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
