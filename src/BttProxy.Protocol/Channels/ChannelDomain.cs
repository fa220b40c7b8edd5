using System.Text;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Channels;

/// <summary>
/// Where signatures are worth something: one contract on one chain. It comes from our own configuration, never from a
/// message, so nothing signed for another chain or contract can pass.
/// </summary>
public sealed record ChannelDomain
{
    internal const string TypeString = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

    private static readonly Bytes32 TypeHash = Keccak256.Hash(Encoding.ASCII.GetBytes(TypeString));

    public ChannelDomain(ulong chainId, TronAddress contract)
    {
        ChainId = chainId;
        Contract = contract;
        var writer = new TypedDataWriter(stackalloc byte[5 * TypedDataWriter.WordLength]);
        writer.Add(TypeHash);
        writer.Add(Keccak256.Hash(Encoding.ASCII.GetBytes(ProtocolConstants.ContractName)));
        writer.Add(Keccak256.Hash(Encoding.ASCII.GetBytes(ProtocolConstants.ContractVersion)));
        writer.Add(chainId);
        writer.Add(contract);
        Separator = writer.Hash();
    }

    public ulong ChainId { get; }

    public TronAddress Contract { get; }

    /// <summary>The domain separator, computed once.</summary>
    public Bytes32 Separator { get; }

    /// <summary>What is signed for a structure: keccak256(0x19 0x01 ‖ separator ‖ struct hash).</summary>
    public Bytes32 Digest(Bytes32 structHash)
    {
        Span<byte> input = stackalloc byte[2 + (2 * Bytes32.Length)];
        input[0] = 0x19;
        input[1] = 0x01;
        Separator.CopyTo(input[2..]);
        structHash.CopyTo(input[34..]);
        return Keccak256.Hash(input);
    }
}
