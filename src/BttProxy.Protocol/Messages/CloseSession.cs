using BttProxy.Protocol.Channels;
using MessagePack;

namespace BttProxy.Protocol.Messages;

/// <summary><c>POST {t}/x</c>: ends a session.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="FinalVoucher">Pays what is still owed; null when nothing is.</param>
/// <param name="Close">Also closes the channel on chain; null to keep it open for the next session.</param>
[MessagePackObject]
public sealed record CloseSession(
    [property: Key(0)] SessionId SessionId,
    [property: Key(1)] SignedVoucher? FinalVoucher,
    [property: Key(2)] CloseAuthorization? Close) : IWireMessage
{
    public static int MaxEncodedLength => 512;
}
