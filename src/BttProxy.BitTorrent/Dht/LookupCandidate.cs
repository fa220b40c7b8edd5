using System.Diagnostics;
using System.Net;

namespace BttProxy.BitTorrent.Dht;

internal enum CandidateState
{
    New,
    Asked,

    /// <summary>No answer within the soft timeout; it may still come.</summary>
    Slow,
    Answered,
    Refused,
    Silent,
}

[DebuggerDisplay("{EndPoint} {State}")]
internal sealed class LookupCandidate(IPEndPoint endPoint)
{
    public IPEndPoint EndPoint => endPoint;

    public DhtNodeId? Id { get; set; }

    public CandidateState State { get; set; }

    /// <summary>Write token from the reply; empty when there was none.</summary>
    public ReadOnlyMemory<byte> Token { get; set; }

    public bool IsVerified => Id is { } id && SecureNodeId.Matches(id, endPoint.Address);
}
