using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Books;

/// <summary>
/// What four independent sources say about the business with one relay: the relay's ledger (delivered, forgiven, paid, claimed),
/// the client's ledger (signed), the contract (claimed on chain), and the payee's token balance.
/// </summary>
internal sealed record RelayStatement
{
    public required string Name { get; init; }

    public required RelayId RelayId { get; init; }

    public required PricePerMegabyte Price { get; init; }

    public ByteCount Delivered { get; init; }

    /// <summary>Bytes of broken-off responses that the relay wrote off.</summary>
    public ByteCount Forgiven { get; init; }

    public TokenAmount Paid { get; init; }

    public TokenAmount Claimed { get; init; }

    public TokenAmount Signed { get; init; }

    public TokenAmount ClaimedOnChain { get; init; }

    public TokenAmount PayeeBefore { get; init; }

    public TokenAmount PayeeAfter { get; init; }
}
