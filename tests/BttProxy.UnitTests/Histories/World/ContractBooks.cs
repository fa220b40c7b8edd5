using System.Collections.Immutable;
using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>What a channel's word in the contract's storage says.</summary>
internal sealed record ChannelState(ulong Epoch, UInt128 Claimed, UInt128 Reserved);

/// <summary>
/// The money as it stands in the storage of contract and token, read without any of their code: the contract's deposits are its word 1 and its
/// channels word 2, the token's balances its word 0 (Solidity's layout of mappings).
/// </summary>
internal sealed record ContractBooks
{
    private const int AmountBits = 112;

    private static readonly UInt256 AmountMask = (UInt256.One << AmountBits) - UInt256.One;

    /// <summary>Of the contract, in the token.</summary>
    public required UInt128 ContractBalance { get; init; }

    public required ImmutableDictionary<TronAddress, UInt128> Wallets { get; init; }

    public required ImmutableDictionary<TronAddress, UInt128> Deposits { get; init; }

    /// <summary>Those that were ever opened.</summary>
    public required ImmutableDictionary<ChannelId, ChannelState> Channels { get; init; }

    public static ContractBooks Read(
        TvmState state, TronAddress contract, TronAddress token, IReadOnlyCollection<TronAddress> owners, IReadOnlyCollection<ChannelId> channels)
    {
        var words = ImmutableDictionary.CreateBuilder<ChannelId, ChannelState>();
        foreach (var id in channels)
        {
            var word = state.Storage(contract, Entry(id.Value, 2));
            if (!word.IsZero)
            {
                words[id] = new ChannelState(
                    (ulong)Amount(word >> (2 * AmountBits)), Amount((word >> AmountBits) & AmountMask), Amount(word & AmountMask));
            }
        }

        return new ContractBooks
        {
            ContractBalance = Balance(contract),
            Wallets = owners.ToImmutableDictionary(static owner => owner, Balance),
            Deposits = owners.ToImmutableDictionary(
                static owner => owner,
                owner => Amount(state.Storage(contract, Entry(Word(token), Entry(Word(owner), 1))))),
            Channels = words.ToImmutable(),
        };

        UInt128 Balance(TronAddress owner) => Amount(state.Storage(token, Entry(Word(owner), 0)));
    }

    private static Bytes32 Word(TronAddress address) => UInt256.FromAddress(address).ToBytes32();

    private static UInt256 Entry(Bytes32 key, UInt256 slot) => UInt256.FromBytes(Keccak256.Hash([.. key.Span, .. slot.ToBytes32().Span]));

    private static UInt128 Amount(UInt256 word) => (UInt128)word.ToBigInteger();
}
