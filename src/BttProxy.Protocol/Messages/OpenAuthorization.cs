using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Messages;

/// <summary>The payer's signed <see cref="OpenChannel"/> without the channel id, which the relay recomputes from the terms.</summary>
/// <param name="Amount">What to reserve.</param>
/// <param name="Epoch">The channel's epoch.</param>
/// <param name="Deadline">Unix seconds, uint40.</param>
/// <param name="Signature">By the payer.</param>
public sealed record OpenAuthorization(TokenAmount Amount, ulong Epoch, ulong Deadline, RecoverableSignature Signature)
{
    public static OpenAuthorization Create(OpenChannel open, ChannelDomain domain, Secp256k1Key payer) =>
        new(open.Amount, open.Epoch, open.Deadline, payer.Sign(open.Digest(domain)));

    /// <exception cref="ArgumentOutOfRangeException">The deadline does not fit uint40; never after decoding.</exception>
    public OpenChannel ToOpenChannel(ChannelId channelId) => new(channelId, Amount, Epoch, Deadline);
}
