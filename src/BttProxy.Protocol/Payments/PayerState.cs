using BttProxy.Protocol.Money;

namespace BttProxy.Protocol.Payments;

/// <summary>A client's own view of a session. Never built from what the relay says it delivered.</summary>
/// <param name="Account">Price, base and outstanding, as accepted at the session's start.</param>
/// <param name="Window">The relay's window W, from its last answer.</param>
/// <param name="PieceLength">The torrent's piece length.</param>
/// <param name="Received">Content bytes of this session received, whether verified or not; bad pieces taken out.</param>
/// <param name="Verified">Of these, bytes of pieces whose hash is right.</param>
/// <param name="Signed">The highest cumulative amount signed on this channel, as stored.</param>
public readonly record struct PayerState(
    SessionAccount Account, ByteCount Window, ByteCount PieceLength, ByteCount Received, ByteCount Verified, TokenAmount Signed);
