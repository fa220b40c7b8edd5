using BttProxy.Protocol.Keys;
using MessagePack;

namespace BttProxy.Protocol.Messages;

/// <summary>
/// The answer to <see cref="OpenSession"/>, with status 202, while the channel is being opened on chain: all terms are good, nothing
/// else is missing, and the same request with a fresh proof is answered with a session when the channel is final.
/// </summary>
/// <param name="TransactionId">What opens it; zeros when the relay sees it coming without having sent it itself.</param>
/// <param name="Blocks">Blocks from the transaction's own to the newest; 0 before it is in one.</param>
/// <param name="BlocksNeeded">So many make it final.</param>
/// <param name="RetryAfter">Seconds after which asking again may tell more.</param>
[MessagePackObject]
public sealed record ChannelPending(
    [property: Key(0)] Bytes32 TransactionId,
    [property: Key(1)] byte Blocks,
    [property: Key(2)] byte BlocksNeeded,
    [property: Key(3)] byte RetryAfter) : IWireMessage
{
    public static int MaxEncodedLength => 64;
}
