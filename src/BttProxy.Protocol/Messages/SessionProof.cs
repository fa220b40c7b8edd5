using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Messages;

/// <summary>A signed <see cref="SessionRequest"/> without the channel id, which the relay recomputes from the terms.</summary>
public sealed record SessionProof(
    ulong Epoch, Bytes32 RecordHash, PricePerMegabyte Price, ulong Timestamp, Bytes32 Nonce, RecoverableSignature Signature)
{
    public static SessionProof Create(SessionRequest request, ChannelDomain domain, Secp256k1Key signer) =>
        new(request.Epoch, request.RecordHash, request.Price, request.Timestamp, request.Nonce, signer.Sign(request.Digest(domain)));

    public SessionRequest ToSessionRequest(ChannelId channelId) => new(channelId, Epoch, RecordHash, Price, Timestamp, Nonce);
}
