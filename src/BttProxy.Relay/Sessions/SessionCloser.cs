using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Settlement;

namespace BttProxy.Relay.Sessions;

/// <summary>Ends sessions: nothing passes any more, what is owed is written down, settlement may claim.</summary>
internal sealed partial class SessionCloser(
    SessionRegistry registry, RelayLedger ledger, Exposure exposure, SettlementSignal settlement, RelayMetrics metrics, TimeProvider time,
    ILogger<SessionCloser> logger)
{
    /// <summary>Ends a session once; later calls do nothing.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels until the end is written down.</param>
    /// <param name="claims">Its vouchers may be claimed now.</param>
    public async Task CloseAsync(RelaySession session, CancellationToken cancellationToken, bool claims = true)
    {
        session.Close();
        await session.Writer.WaitAsync(cancellationToken);
        try
        {
            if (!registry.TryRemove(session))
            {
                return;
            }

            var record = session.ToRecord(time.GetUtcNow());
            metrics.SessionClosed();
            metrics.LeftUnpaid((record.Delivered - record.Forgiven - record.Paid).Value, session.Invalid.WasExceeded);
            exposure.Forget(session.Channel.Terms.Payer);
            LogClosed(session.Id, record.Delivered.Value, record.Paid.Value);
            await ledger.SaveSessionAsync(record, CancellationToken.None);
            if (claims)
            {
                settlement.SessionClosed(session.Channel.Id);
            }
        }
        catch (LedgerException e)
        {
            metrics.LedgerFailed();
            LogNotSaved(session.Id, e);
        }
        finally
        {
            session.Writer.Release();
        }
    }
}
