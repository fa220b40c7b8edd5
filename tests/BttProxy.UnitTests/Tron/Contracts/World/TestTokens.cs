using System.Text.Json;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>Tokens of Tokens/*.sol, compiled by the same script as the contract.</summary>
internal static class TestTokens
{
    /// <summary>As BTT in all that matters here.</summary>
    public static byte[] Plain { get; } = Load("TestToken");

    public static byte[] Odd { get; } = Load("OddToken");

    public static byte[] Mint(TronAddress to, UInt128 amount) => new AbiWriter("mint(address,uint256)").Add(to).Add(amount).ToArray();

    public static byte[] Set(OddMode mode) => new AbiWriter("set(uint256)").Add((uint)mode).ToArray();

    public static byte[] Refuse(TronAddress receiver) => new AbiWriter("refuse(address)").Add(receiver).ToArray();

    /// <summary>During its next transfer the token calls the target with this input.</summary>
    public static byte[] Reenter(TronAddress target, byte[] input) => WithBytes("reenter(address,bytes)", target, input);

    /// <summary>The token calls the target now, in its own name.</summary>
    public static byte[] Perform(TronAddress target, byte[] input) => WithBytes("perform(address,bytes)", target, input);

    private static byte[] WithBytes(string signature, TronAddress target, byte[] input)
    {
        var writer = new AbiWriter(signature).Add(target).Add(2 * AbiWriter.WordLength).Add((uint)input.Length);
        foreach (var chunk in input.Chunk(AbiWriter.WordLength))
        {
            var word = new byte[AbiWriter.WordLength];
            chunk.CopyTo(word, 0);
            writer.Add(new Bytes32(word));
        }

        return writer.ToArray();
    }

    private static byte[] Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Tron/Contracts/World/Tokens", name + ".json")));
        return Convert.FromHexString(document.RootElement.GetProperty("bytecode").GetString()!);
    }
}
