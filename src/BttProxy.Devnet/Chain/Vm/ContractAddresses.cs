using System.Buffers.Binary;
using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>Where contracts come to stand on TRON. In each rule the address is the last 20 bytes of a Keccak hash.</summary>
internal static class ContractAddresses
{
    // The first byte of all TRON addresses, which is part of what is hashed.
    private const byte Prefix = 0x41;

    /// <summary>A deployment by transaction: its id and the owner's 21 bytes.</summary>
    public static TronAddress Deployed(Bytes32 transactionId, TronAddress owner) =>
        Hash([.. transactionId.Span, Prefix, .. owner.Span]);

    /// <summary>
    /// CREATE inside a transaction: its id and the number of internal transactions before this one, 8 bytes (java-tron,
    /// TransactionUtil.generateContractAddress). Calls, creations and self-destructions count, also failed ones; precompiles do not.
    /// </summary>
    public static TronAddress Created(Bytes32 transactionId, long internalTransactions)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, internalTransactions);
        return Hash([.. transactionId.Span, .. number]);
    }

    /// <summary>CREATE2: as Ethereum's, with TRON's prefix where that has 0xFF (TIP-26).</summary>
    public static TronAddress Created2(TronAddress creator, UInt256 salt, ReadOnlySpan<byte> code) =>
        Hash([Prefix, .. creator.Span, .. salt.ToBytes32().Span, .. Keccak256.Hash(code).Span]);

    private static TronAddress Hash(ReadOnlySpan<byte> parts) => new(Keccak256.Hash(parts).Span[^TronAddress.Length..]);
}
