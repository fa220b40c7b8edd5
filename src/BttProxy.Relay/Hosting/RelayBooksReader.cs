using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Sessions;

namespace BttProxy.Relay.Hosting;

/// <summary>Reads the books: the ledger's totals, with the meters of live sessions written down first.</summary>
internal sealed class RelayBooksReader(
    RelayKeys keys, RelayRecordSource records, RelayLedger ledger, SessionRegistry sessions, SessionSaver saver)
{
    public async Task<RelayBooks> ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var session in sessions.All)
        {
            await saver.SaveAsync(session);
        }

        var totals = await ledger.TotalsAsync(cancellationToken);
        return new RelayBooks(
            keys.Identity.Id, records.Payee, records.Price, totals.Delivered, totals.Forgiven, totals.Paid, totals.Accepted, totals.Claimed,
            totals.Unclaimed, totals.Debt);
    }
}
