using System.Globalization;
using BttProxy.Ledger.Storage;
using Microsoft.Data.Sqlite;

namespace BttProxy.Ledger;

/// <summary>Looks at a relay's ledger without opening it for work: also while a relay holds it. Changes nothing.</summary>
public static class LedgerInspection
{
    private const int MostDamage = 5;

    /// <exception cref="LedgerException">The file cannot be read, or is no ledger of a relay.</exception>
    public static Task<LedgerCondition> InspectAsync(string path, CancellationToken cancellationToken) =>
        Task.Run(() => Inspect(Path.GetFullPath(path)), cancellationToken);

    /// <summary>Whether a process has that part of the ledger open.</summary>
    public static bool IsHeld(string path, LedgerPart part) => LedgerLocks.IsHeld(Path.GetFullPath(path), part);

    /// <summary>A connection that reads only.</summary>
    internal static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = LedgerLocks.IsHeld(path, LedgerPart.Whole) || File.Exists(path + "-wal") ? path : Immutable(path),
            Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 30,
        }.ToString());
        connection.Open();
        return connection;
    }

    private static LedgerCondition Inspect(string path)
    {
        try
        {
            using var connection = Open(path);
            using var check = new Statement(connection, $"PRAGMA integrity_check({MostDamage})");
            using var keys = new Statement(connection, "PRAGMA foreign_key_check");
            var damage = check.All(static row => row.GetString(0)).Where(static line => line != "ok")
                .Concat(keys.All(static row => $"a row of {row.GetString(0)} belongs to nothing")).Take(MostDamage).ToList();
            return new LedgerCondition
            {
                Damage = damage,
                Bytes = new FileInfo(path).Length,
                Version = Version(connection, path),
                ProgramVersion = SchemaScripts.LatestVersion("Earnings"),
                NewestEntry = Newest(connection),
                IsInUse = LedgerLocks.IsHeld(path, LedgerPart.Whole),
            };
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Translate(exception, path);
        }
    }

    // Even a reader makes the log's files anew; where nobody writes and there is no log, SQLite is told to leave all as it is.
    private static string Immutable(string path) => $"file:{Uri.EscapeDataString(path)}?immutable=1";

    private static int Version(SqliteConnection connection, string path)
    {
        using var version = new Statement(connection, "SELECT max(version) FROM schema_version WHERE side = 'Earnings'");
        return version.Scalar() is long number
            ? (int)number
            : throw new LedgerException($"The ledger {path} belongs to the other kind of program (relay or client): name another file.");
    }

    private static DateTimeOffset? Newest(SqliteConnection connection)
    {
        using var newest = new Statement(connection, """
            SELECT max(at) FROM (SELECT max(updated_at) AS at FROM session UNION ALL SELECT max(accepted_at) FROM channel_money
              UNION ALL SELECT max(opened_at) FROM channel UNION ALL SELECT max(updated_at) FROM claim UNION ALL SELECT max(hour) FROM earning)
            """);
        return newest.Scalar() is { } at and not DBNull ? DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(at, CultureInfo.InvariantCulture)) : null;
    }
}
