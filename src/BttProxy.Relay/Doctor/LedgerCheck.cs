using BttProxy.Ledger;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Doctor;

/// <summary>Is the ledger whole, of this program's version, held by whom it should be, and not written in the future.</summary>
internal static class LedgerCheck
{
    private const string Step = "ledger";

    // Hours are stored by their start, and the clock of an hour ago may have been a little ahead.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    public static async Task<Finding> RunAsync(RelayOptions options, StatusReport? running, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(options.StateDirectory, RelayRoles.LedgerFile);
        if (!File.Exists(path))
        {
            return Finding.Ok(Step, "none yet: the first start makes it");
        }

        try
        {
            var found = await LedgerInspection.InspectAsync(path, cancellationToken);
            return Judge(path, found, running is not null, time.GetUtcNow());
        }
        catch (LedgerException e)
        {
            return Finding.Fail(Step, e.Message, Remedy(path));
        }
    }

    private static Finding Judge(string path, LedgerCondition found, bool running, DateTimeOffset now)
    {
        if (found.Damage.Count > 0)
        {
            return Finding.Fail(Step, $"damaged: {string.Join("; ", found.Damage)}", Remedy(path));
        }

        if (found.Version > found.ProgramVersion)
        {
            return Finding.Fail(Step, $"version {found.Version}, this program knows {found.ProgramVersion}", "Update the program.");
        }

        if (found.IsInUse && !running)
        {
            return Finding.Fail(
                Step, "another process holds it, and no relay answers here",
                "A relay that starts, stops or hangs, or another command: wait, or find it with 'fuser' on the lock beside the ledger.");
        }

        return found.NewestEntry > now + Ahead
            ? Finding.Fail(
                Step, $"its newest entry is of {PlainText.Time(found.NewestEntry)} UTC, and it is {PlainText.Time(now)}",
                "This machine's clock was ahead, or is behind now: set it, with NTP.")
            : Finding.Ok(
                Step, $"whole, {PlainText.Size(found.Bytes)}, version {found.Version}, "
                      + (found.NewestEntry is { } newest ? $"last written {PlainText.Duration(now - newest)} ago" : "empty"));
    }

    private static string Remedy(string path) =>
        $"Stop the relay, move '{path}' and the files beside it away, and run 'bttproxy-relay backup restore FILE' or 'bttproxy-relay restore'.";
}
