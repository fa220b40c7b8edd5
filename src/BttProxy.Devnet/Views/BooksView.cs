using BttProxy.Devnet.Books;
using BttProxy.Protocol.Money;
using Spectre.Console;

namespace BttProxy.Devnet.Views;

/// <summary>Prints the books: what each relay delivered and earned, where the payer's tokens are, and whether all sources agree.</summary>
internal sealed class BooksView(IAnsiConsole console)
{
    public void Show(DemoReport report, PayerStatement payer, IReadOnlyList<RelayStatement> relays, IReadOnlyList<BookCheck> checks)
    {
        console.WriteLine();
        console.Write(Earnings(relays));
        console.Write(Tokens(payer, relays));
        foreach (var check in checks.Where(check => !check.Holds))
        {
            console.MarkupLineInterpolated($"[red]does not balance[/]  {check.Statement}: {check.Left} is not {check.Right}");
        }

        Verdict(report.ContentOk, "content", $"SHA-256 {report.ContentSha256}");
        Verdict(report.BooksBalance, "books", $"{checks.Count(check => check.Holds)} of {checks.Count} figures agree between ledgers, chain and balances");
    }

    private static Table Earnings(IReadOnlyList<RelayStatement> relays)
    {
        var table = Columns("Relay", "Price", "Delivered", "Paid", "Claimed", "Balance before", "after");
        foreach (var relay in relays)
        {
            table.AddRow(
                relay.Name,
                relay.Price.ToBtt(),
                Figures.Bytes(relay.Delivered.Value),
                relay.Paid.ToBtt(),
                relay.Claimed.ToBtt(),
                relay.PayeeBefore.ToBtt(),
                relay.PayeeAfter.ToBtt());
        }

        return table;
    }

    private static Table Tokens(PayerStatement payer, IReadOnlyList<RelayStatement> relays)
    {
        var claimed = relays.Aggregate(TokenAmount.Zero, (sum, relay) => sum + relay.ClaimedOnChain);
        var table = Columns("Payer", "Wallet before", "after", "Deposit", "In channels", "Claimed from it");
        table.AddRow("client", payer.WalletBefore.ToBtt(), payer.WalletAfter.ToBtt(), payer.Deposited.ToBtt(), payer.Reserved.ToBtt(), claimed.ToBtt());
        return table;
    }

    private static Table Columns(string first, params string[] figures)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(first);
        foreach (var figure in figures)
        {
            table.AddColumn(new TableColumn(figure).RightAligned());
        }

        return table;
    }

    private void Verdict(bool holds, string subject, string text)
    {
        if (holds)
        {
            console.MarkupLineInterpolated($"[green]ok[/]      {subject}: {text}");
        }
        else
        {
            console.MarkupLineInterpolated($"[red]WRONG[/]   {subject}: {text}");
        }
    }
}
