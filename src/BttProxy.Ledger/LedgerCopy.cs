using BttProxy.Ledger.Storage;
using Microsoft.Data.Sqlite;

namespace BttProxy.Ledger;

/// <summary>Copies a relay's ledger as it is at one moment, also while the relay writes to it.</summary>
public static class LedgerCopy
{
    /// <param name="path">The ledger; not changed.</param>
    /// <param name="copy">A file that is not there yet.</param>
    /// <param name="cancellationToken">Counts until the copy begins.</param>
    /// <returns>How the copy is: whole, or nothing is returned.</returns>
    /// <exception cref="LedgerException">The ledger cannot be read, is damaged, or the copy cannot be written.</exception>
    public static async Task<LedgerCondition> MakeAsync(string path, string copy, CancellationToken cancellationToken)
    {
        await Task.Run(() => Make(Path.GetFullPath(path), Path.GetFullPath(copy)), cancellationToken).ConfigureAwait(false);
        var made = await LedgerInspection.InspectAsync(copy, cancellationToken).ConfigureAwait(false);
        return made.Damage.Count == 0
            ? made
            : throw new LedgerException($"The ledger {path} is damaged ({string.Join("; ", made.Damage)}): what is copied of it would be too.");
    }

    private static void Make(string path, string copy)
    {
        try
        {
            using var source = LedgerInspection.Open(path);
            using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ToString());
            target.Open();
            // All pages in one step, so from one moment: a writer in another process only appends to its log meanwhile.
            source.BackupDatabase(target);
            // One file, without a log beside it.
            using var journal = new Statement(target, "PRAGMA journal_mode = DELETE");
            journal.Scalar();
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Translate(exception, path);
        }
    }
}
