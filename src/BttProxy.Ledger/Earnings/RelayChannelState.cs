using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Earnings;

/// <summary>What the relay last knew of a channel.</summary>
/// <param name="Id">The channel.</param>
/// <param name="Terms">Its parts.</param>
/// <param name="OnChain">The chain's side.</param>
/// <param name="Accepted">The best voucher of this epoch; zero without one.</param>
public sealed record RelayChannelState(ChannelId Id, ChannelTerms Terms, OnChainState OnChain, TokenAmount Accepted);
