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

        Verdict(report.ContentOk, $"SHA-256 {report.ContentSha256}");
        Verdict(report.BooksBalance, $"{checks.Count(check => check.Holds)} of {checks.Count} figures agree between ledgers, contract and balances");
    }

    private static Table Earnings(IReadOnlyList<RelayStatement> relays)
    {
        var table = Columns("Relay", "BTT/MB", "Delivered", "Paid BTT", "Claimed BTT", "Before", "After");
        foreach (var relay in relays)
        {
            table.AddRow(
                relay.Name,
                Figures.Btt(new TokenAmount(relay.Price.Units)),
                Figures.Bytes(relay.Delivered.Value),
                Figures.Btt(relay.Paid),
                Figures.Btt(relay.Claimed),
                Figures.Btt(relay.PayeeBefore),
                Figures.Btt(relay.PayeeAfter));
        }

        return table;
    }

    private static Table Tokens(PayerStatement payer, IReadOnlyList<RelayStatement> relays)
    {
        var claimed = relays.Aggregate(TokenAmount.Zero, (sum, relay) => sum + relay.ClaimedOnChain);
        var table = Columns("Payer BTT", "Before", "After", "Deposit", "In channels", "Claimed");
        table.AddRow(
            "wallet",
            Figures.Btt(payer.WalletBefore),
            Figures.Btt(payer.WalletAfter),
            Figures.Btt(payer.Deposited),
            Figures.Btt(payer.Reserved),
            Figures.Btt(claimed));
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

    private void Verdict(bool holds, string text)
    {
        if (holds)
        {
            console.MarkupLineInterpolated($"[green]ok[/]    {text}");
        }
        else
        {
            console.MarkupLineInterpolated($"[red]WRONG[/] {text}");
        }
    }
}
