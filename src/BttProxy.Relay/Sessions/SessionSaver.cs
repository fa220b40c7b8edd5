using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;

namespace BttProxy.Relay.Sessions;

/// <summary>Writes a session's meter down between vouchers, so that what was forgiven survives a crash.</summary>
internal sealed partial class SessionSaver(RelayLedger ledger, ILogger<SessionSaver> logger)
{
    public async Task SaveAsync(RelaySession session)
    {
        await session.Writer.WaitAsync();
        try
        {
            if (!session.IsClosed)
            {
                await ledger.SaveSessionAsync(session.ToRecord(), CancellationToken.None);
            }
        }
        catch (LedgerException e)
        {
            LogNotSaved(e);
        }
        finally
        {
            session.Writer.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A session's meter could not be stored; free disk space or check the state directory")]
    private partial void LogNotSaved(Exception exception);
}
