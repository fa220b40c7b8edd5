using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Contracts;

/// <summary>Something that <c>BttChannels</c> did.</summary>
public abstract record BttChannelsEvent;

public sealed record DepositedEvent(TronAddress Payer, TronAddress Token, TokenAmount Amount) : BttChannelsEvent;

public sealed record WithdrawnEvent(TronAddress Payer, TronAddress Token, TokenAmount Amount) : BttChannelsEvent;

/// <summary>Opened, or topped up to a total.</summary>
public sealed record ChannelOpenedEvent(ChannelId ChannelId, ChannelTerms Terms, ulong Epoch, TokenAmount Reserved) : BttChannelsEvent;

/// <summary>What became of one row of a claim, skipped ones included; they come in the rows' order.</summary>
public sealed record RowEvent(ClaimRowResult Result, ulong Epoch) : BttChannelsEvent;

/// <summary>A transfer that the token refused; the amount is the payee's deposit now.</summary>
public sealed record PayoutDeferredEvent(TronAddress Payee, TronAddress Token, TokenAmount Amount) : BttChannelsEvent;

public sealed record WithdrawRequestedEvent(ChannelId ChannelId, ulong Epoch, ulong WithdrawAt) : BttChannelsEvent;

/// <summary>An epoch ended, by agreement or after the withdraw delay.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Epoch">The one that ended.</param>
/// <param name="Final">What the payee got of it in all.</param>
/// <param name="Paid">To the payee by this close.</param>
/// <param name="Returned">To the payer's deposit.</param>
public sealed record ChannelClosedEvent(ChannelId ChannelId, ulong Epoch, TokenAmount Final, TokenAmount Paid, TokenAmount Returned)
    : BttChannelsEvent;
