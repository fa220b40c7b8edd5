using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Books;

/// <summary>Compares what the parties wrote down independently. Nothing may differ, not by one unit.</summary>
internal static class BookAudit
{
    public static IReadOnlyList<BookCheck> Check(PayerStatement payer, IReadOnlyList<RelayStatement> relays, ByteCount content)
    {
        List<BookCheck> checks = [.. relays.SelectMany(Check)];
        var delivered = relays.Aggregate(ByteCount.Zero, (sum, relay) => sum + (relay.Delivered - relay.Forgiven));
        checks.Add(new BookCheck("bytes delivered = bytes of the content", delivered.ToString(), content.ToString()));

        var claimed = relays.Aggregate(TokenAmount.Zero, (sum, relay) => sum + relay.ClaimedOnChain);
        checks.Add(Same(
            "payer: wallet before = wallet after + deposit + reserved + claimed",
            payer.WalletBefore,
            payer.WalletAfter + payer.Deposited + payer.Reserved + claimed));
        return checks;
    }

    /// <summary>The business with one relay.</summary>
    public static IReadOnlyList<BookCheck> Check(RelayStatement relay) =>
    [
        Same($"{relay.Name}: delivered bytes × price = paid", relay.Price.Owed(relay.Delivered - relay.Forgiven), relay.Paid),
        Same($"{relay.Name}: signed by the client = paid", relay.Signed, relay.Paid),
        Same($"{relay.Name}: paid = claimed", relay.Paid, relay.Claimed),
        Same($"{relay.Name}: claimed = claimed on chain", relay.Claimed, relay.ClaimedOnChain),
        Same($"{relay.Name}: balance before + claimed = balance after", relay.PayeeBefore + relay.ClaimedOnChain, relay.PayeeAfter),
    ];

    private static BookCheck Same(string statement, TokenAmount left, TokenAmount right) => new(statement, left.ToString(), right.ToString());
}
