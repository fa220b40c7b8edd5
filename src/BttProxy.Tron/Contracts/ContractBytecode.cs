using System.Buffers.Binary;
using System.Text.Json;

namespace BttProxy.Tron.Contracts;

/// <summary>The code that deploys our contracts, as the committed compilation has it.</summary>
public static class ContractBytecode
{
    // What deploys is a few dozen bytes; a shorter end of the code is another contract.
    private static int MinRuntimeLength => BttChannels.Length - 64;

    private static readonly Lazy<byte[]> Channels = new(() => Load("BttChannels"));
    private static readonly Lazy<byte[]> DeployedChannels = new(() => Load("BttChannels", "runtime"));
    private static readonly Lazy<byte[]> Vault = new(() => Load("Trc10Vault"));

    /// <summary>Deploys <c>BttChannels</c>; it takes no arguments.</summary>
    public static ReadOnlyMemory<byte> BttChannels => Channels.Value;

    /// <summary>What stands on the chain where <c>BttChannels</c> was deployed.</summary>
    public static ReadOnlyMemory<byte> BttChannelsRuntime => DeployedChannels.Value;

    /// <summary>The ABI of <c>BttChannels</c> as JSON, which TRON stores with a contract.</summary>
    public static string BttChannelsAbi => Artifact("BttChannels").GetProperty("abi").GetRawText();

    /// <summary>
    /// True for the code that a deployment of <see cref="BttChannels"/> leaves behind: the contract keeps nothing in its code, so that is the
    /// end of the deploying code, to the last byte.
    /// </summary>
    public static bool IsBttChannels(ReadOnlySpan<byte> runtime) => runtime.Length >= MinRuntimeLength && BttChannels.Span.EndsWith(runtime);

    /// <summary>Deploys <c>Trc10Vault</c> for one TRC-10 token.</summary>
    /// <param name="tokenId">Such as 1002000, the BTT of 2019 on the main network.</param>
    public static byte[] Trc10Vault(ulong tokenId)
    {
        var code = Vault.Value;
        var deployment = new byte[code.Length + AbiWriter.WordLength];
        code.CopyTo(deployment, 0);
        BinaryPrimitives.WriteUInt64BigEndian(deployment.AsSpan(^8..), tokenId);
        return deployment;
    }

    private static byte[] Load(string contract, string part = "bytecode") => Convert.FromHexString(Artifact(contract).GetProperty(part).GetString()!);

    private static JsonElement Artifact(string contract)
    {
        using var stream = typeof(ContractBytecode).Assembly.GetManifestResourceStream($"BttProxy.Tron.Contracts.{contract}.json")
            ?? throw new InvalidOperationException($"{contract}.json is not embedded in this build.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
