using System.Security.Cryptography;
using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>The first line of a node's journal: which chain this is, and the key that owns all there is at the beginning.</summary>
internal sealed record NodeGenesis(int Version, Bytes32 BlockId, DateTimeOffset Time, string FaucetKey)
{
    public const int CurrentVersion = 1;

    /// <summary>None of TRON's networks.</summary>
    public const uint DevnetChainId = 0xB77_0001;

    /// <summary>As many TRX as there are on mainnet, about, in sun.</summary>
    public const long FaucetSun = 100_000_000_000_000_000;

    /// <summary>The low four bytes of the genesis block's id, as on TRON.</summary>
    public uint ChainId => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(BlockId.Span[^4..]);

    /// <summary>Transactions of block 0: they deploy the token and the settlement contract, and have no bytes of their own.</summary>
    public Bytes32 TokenDeployment => Keccak256.Hash([.. BlockId.Span, 1]);

    public Bytes32 ContractDeployment => Keccak256.Hash([.. BlockId.Span, 2]);

    public static NodeGenesis Create(DateTimeOffset now)
    {
        // Random, so that no transaction of one devnet counts in another.
        Span<byte> id = stackalloc byte[Bytes32.Length];
        RandomNumberGenerator.Fill(id[8..]);
        id[..8].Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(id[^4..], DevnetChainId);
        using var faucet = Secp256k1Key.Generate();
        return new NodeGenesis(CurrentVersion, new Bytes32(id), now, Convert.ToHexStringLower(faucet.Export()));
    }
}
