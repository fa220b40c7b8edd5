using Microsoft.Data.Sqlite;

namespace BttProxy.Ledger.Storage;

/// <summary>Turns result codes (sqlite.org/rescode.html) into one line that says what to do.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static LedgerException Translate(SqliteException exception, string path)
    {
        var message = exception.SqliteErrorCode switch
        {
            Full => $"No room left for the ledger {path}: free space on its disk, or raise its size limit. Nothing acknowledged is lost.",
            Busy => $"The ledger {path} is busy in another process: try again, or end the other process.",
            ReadOnly => $"The ledger {path} cannot be written: check the permissions of the file and of its directory.",
            InputOutput => $"The disk failed under the ledger {path}: check it, then start again. Nothing acknowledged is lost.",
            Corrupt or NotADatabase => $"The file {path} is not a sound ledger: put a backup in its place, or name another file.",
            CannotOpen => $"The ledger {path} cannot be opened: check that its directory exists and can be written.",
            _ => $"The ledger {path} failed: {exception.Message}",
        };
        return new LedgerException(message, exception.SqliteErrorCode is Full or Busy, exception);
    }

    /// <summary>After a failed write or fsync nobody knows what the disk holds: only a reopened file tells.</summary>
    public static bool LeavesFileUnsure(SqliteException exception) => exception.SqliteErrorCode is InputOutput or Corrupt or NotADatabase;
}
