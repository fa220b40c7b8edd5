using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Operations;

/// <summary>What a claim would do and cost now.</summary>
/// <param name="Batches">The transactions, in the order in which they would be sent.</param>
/// <param name="Refused">What the contract would not pay.</param>
/// <param name="LeftOut">What would not be claimed.</param>
/// <param name="Later">Further channels, too many for one order.</param>
/// <param name="Submitter">The account that pays the fees.</param>
/// <param name="BalanceSun">What it has.</param>
internal sealed record ClaimPreview(
    IReadOnlyList<ClaimBatchPreview> Batches, IReadOnlyList<ChannelNote> Refused, IReadOnlyList<ChannelNote> LeftOut, long Later,
    TronAddress Submitter, long BalanceSun);

/// <param name="Channels">Its rows.</param>
/// <param name="Value">What they bring together.</param>
/// <param name="Energy">By simulation; null when it cannot be sent.</param>
/// <param name="Bytes">With the signature.</param>
/// <param name="FeeSun">What of energy and bytes would be burnt.</param>
/// <param name="Problem">Why it cannot be sent.</param>
internal sealed record ClaimBatchPreview(
    IReadOnlyList<ChannelNote> Channels, TokenAmount Value, long? Energy, long? Bytes, long? FeeSun, string? Problem);

/// <param name="Channel">The channel.</param>
/// <param name="Value">What it has to bring.</param>
/// <param name="Note">What is to be said of it.</param>
internal sealed record ChannelNote(ChannelId Channel, TokenAmount Value, string? Note);
