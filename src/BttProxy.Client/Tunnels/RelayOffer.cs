using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;

namespace BttProxy.Client.Tunnels;

/// <summary>A relay's verified record: where it listens and what it asks.</summary>
public sealed record RelayOffer(SignedRelayRecord Signed, RelayRecord Record)
{
    public RelayId Id => Signed.Id;

    public PricePerMegabyte Price => Record.Price;

    /// <summary>
    /// The same relay's newer record, as its refusal may carry one; null for anything else. Only terms may differ: where it listens, and who
    /// is paid in which market, is for discovery to check.
    /// </summary>
    public RelayOffer? Renewed(ReadOnlySpan<byte> encoded) =>
        SignedRelayRecord.TryDecode(encoded, out var signed) && signed.Id == Id && signed.Seq > Signed.Seq
        && signed.TryVerify(out var record, out _) && IsSamePlace(record)
            ? new RelayOffer(signed, record)
            : null;

    private bool IsSamePlace(RelayRecord other) =>
        (other.ChainId, other.Contract, other.Token, other.Payee, other.PayeeAuthorizer, other.TlsKeyHash, other.PathKey, other.ServerName)
        == (Record.ChainId, Record.Contract, Record.Token, Record.Payee, Record.PayeeAuthorizer, Record.TlsKeyHash, Record.PathKey, Record.ServerName)
        && other.Endpoints.SequenceEqual(Record.Endpoints);
}
