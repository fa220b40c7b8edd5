using System.Text.Json;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Hosting;

/// <summary>What a relay has delivered and earned, from its ledger.</summary>
/// <param name="RelayId">The relay.</param>
/// <param name="Payee">Where claims are paid to.</param>
/// <param name="PricePerMegabyte">The list price.</param>
/// <param name="BytesDelivered">Paid content handed to clients, forgiven bytes included.</param>
/// <param name="BytesForgiven">Of these, bytes of aborted responses that nobody has to pay.</param>
/// <param name="BytesPaid">Bytes that vouchers cover.</param>
/// <param name="Accepted">Value of all accepted vouchers.</param>
/// <param name="Claimed">Of that, paid out by the chain.</param>
/// <param name="Unclaimed">Of that, still to be claimed.</param>
/// <param name="Debt">Owed for delivered bytes that no voucher covers.</param>
public sealed record RelayBooks(
    RelayId RelayId, TronAddress Payee, PricePerMegabyte PricePerMegabyte, ByteCount BytesDelivered, ByteCount BytesForgiven,
    ByteCount BytesPaid, TokenAmount Accepted, TokenAmount Claimed, TokenAmount Unclaimed, TokenAmount Debt)
{
    /// <summary>Amounts as strings: JSON numbers do not hold them.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            relayId = RelayId.ToString(),
            payee = Payee.ToString(),
            pricePerMegabyte = PricePerMegabyte.ToString(),
            bytesDelivered = BytesDelivered.Value,
            bytesForgiven = BytesForgiven.Value,
            bytesPaid = BytesPaid.Value,
            accepted = Accepted.ToString(),
            claimed = Claimed.ToString(),
            unclaimed = Unclaimed.ToString(),
            debt = Debt.ToString(),
        });
}
