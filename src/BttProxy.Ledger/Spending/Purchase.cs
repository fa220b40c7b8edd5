using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Spending;

/// <summary>What a voucher was signed for.</summary>
/// <param name="Torrent">Info-hash, 40 lower-case hexadecimal digits.</param>
/// <param name="Bytes">How many bytes more than the channel's previous voucher it pays.</param>
public sealed record Purchase(string Torrent, ByteCount Bytes);
