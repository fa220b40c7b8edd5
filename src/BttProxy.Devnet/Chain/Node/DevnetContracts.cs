using System.Text.Json;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>Code of contracts that only a devnet has.</summary>
internal static class DevnetContracts
{
    private static readonly Lazy<byte[]> Token = new(static () =>
    {
        using var stream = typeof(DevnetContracts).Assembly.GetManifestResourceStream("BttProxy.Devnet.Chain.Contracts.Btt.json")
            ?? throw new InvalidOperationException("Btt.json is not embedded in this build.");
        using var document = JsonDocument.Parse(stream);
        return Convert.FromHexString(document.RootElement.GetProperty("bytecode").GetString()!);
    });

    /// <summary>Deploys the token.</summary>
    public static ReadOnlyMemory<byte> Btt => Token.Value;
}
