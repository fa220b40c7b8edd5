using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Books;

/// <summary>Compares what the parties wrote down independently. Nothing may differ, not by one unit.</summary>
internal static class BookAudit
{
    public static IReadOnlyList<BookCheck> Check(PayerStatement payer, IReadOnlyList<RelayStatement> relays, ByteCount content)
    {
        var checks = new List<BookCheck>();
        foreach (var relay in relays)
        {
            var owed = relay.Price.Owed(relay.Delivered - relay.Forgiven);
            checks.Add(Same($"{relay.Name}: delivered bytes × price = paid", owed, relay.Paid));
            checks.Add(Same($"{relay.Name}: signed by the client = paid", relay.Signed, relay.Paid));
            checks.Add(Same($"{relay.Name}: paid = claimed", relay.Paid, relay.Claimed));
            checks.Add(Same($"{relay.Name}: claimed = claimed on chain", relay.Claimed, relay.ClaimedOnChain));
            checks.Add(Same($"{relay.Name}: balance before + claimed = balance after", relay.PayeeBefore + relay.ClaimedOnChain, relay.PayeeAfter));
        }

        var delivered = relays.Aggregate(ByteCount.Zero, (sum, relay) => sum + (relay.Delivered - relay.Forgiven));
        checks.Add(new BookCheck("bytes delivered = bytes of the content", delivered.ToString(), content.ToString()));

        var claimed = relays.Aggregate(TokenAmount.Zero, (sum, relay) => sum + relay.ClaimedOnChain);
        checks.Add(Same(
            "payer: wallet before = wallet after + deposit + reserved + claimed",
            payer.WalletBefore,
            payer.WalletAfter + payer.Deposited + payer.Reserved + claimed));
        return checks;
    }

    private static BookCheck Same(string statement, TokenAmount left, TokenAmount right) => new(statement, left.ToString(), right.ToString());
}
