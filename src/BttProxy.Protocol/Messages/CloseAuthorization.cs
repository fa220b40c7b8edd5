using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Messages;

/// <summary>
/// The client's signature over a <see cref="CooperativeClose"/> whose final amount is the accepted total after the
/// final voucher of the same message.
/// </summary>
/// <param name="Deadline">Unix seconds, uint40.</param>
/// <param name="Signature">By the channel's signer.</param>
public sealed record CloseAuthorization(ulong Deadline, RecoverableSignature Signature)
{
    public static CloseAuthorization Create(CooperativeClose close, ChannelDomain domain, Secp256k1Key signer) =>
        new(close.Deadline, signer.Sign(close.Digest(domain)));
}
