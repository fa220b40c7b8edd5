using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Devnet.Chain;

/// <summary>Everything the ledger knows. Immutable, so that a transaction that fails anywhere has changed nothing.</summary>
internal sealed record ContractState
{
    public static ContractState Empty { get; } = new();

    public ImmutableDictionary<TronAddress, AccountState> Accounts { get; init; } = ImmutableDictionary<TronAddress, AccountState>.Empty;

    public ImmutableDictionary<ChannelId, ChainChannel> Channels { get; init; } = ImmutableDictionary<ChannelId, ChainChannel>.Empty;

    /// <summary>All tokens that the faucet ever made.</summary>
    public TokenAmount Supply { get; init; }

    /// <summary>The contract's own token balance, kept by transfers and not by sums, so that the two can be compared.</summary>
    public TokenAmount ContractBalance { get; init; }

    public AccountState Account(TronAddress address) => Accounts.GetValueOrDefault(address, AccountState.Empty);

    public ContractState With(TronAddress address, AccountState account) => this with { Accounts = Accounts.SetItem(address, account) };

    public ContractState With(ChannelId id, ChainChannel channel) => this with { Channels = Channels.SetItem(id, channel) };
}
