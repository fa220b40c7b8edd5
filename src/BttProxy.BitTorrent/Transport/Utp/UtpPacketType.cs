namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>What a datagram is (BEP 29).</summary>
internal enum UtpPacketType : byte
{
    Data = 0,
    Fin = 1,
    State = 2,
    Reset = 3,
    Syn = 4,
}
