using System.Data.Common;
using System.Globalization;
using System.Reflection;

namespace BttProxy.Ledger.Storage;

/// <summary>Numbered scripts (embedded, <c>Side/0001-name.sql</c>), each applied once in its own transaction.</summary>
internal static class SchemaScripts
{
    /// <summary>Brings the schema of one side ("Earnings" or "Spending") up to this program's version.</summary>
    public static void Apply(DbConnection connection, string side, DateTimeOffset now, string path)
    {
        Run(connection, """
            CREATE TABLE IF NOT EXISTS schema_version
              (side TEXT NOT NULL, version INTEGER NOT NULL, applied_at INTEGER NOT NULL, PRIMARY KEY (side, version))
            """);
        using var others = new Statement(connection, "SELECT count(*) FROM schema_version WHERE side <> @0");
        if (Convert.ToInt64(others.Scalar(side), CultureInfo.InvariantCulture) > 0)
        {
            throw new LedgerException($"The ledger {path} belongs to the other kind of program (relay or client): name another file.");
        }

        foreach (var (version, sql) in Scripts(side))
        {
            Run(connection, "BEGIN IMMEDIATE");
            // Looked up inside the transaction: two processes may open a new ledger at once.
            if (CurrentVersion(connection, side) < version)
            {
                Run(connection, sql);
                using var mark = new Statement(connection, "INSERT INTO schema_version (side, version, applied_at) VALUES (@0, @1, @2)");
                mark.Execute(side, version, now.ToUnixTimeMilliseconds());
            }

            Run(connection, "COMMIT");
        }

        if (CurrentVersion(connection, side) > Scripts(side).Count)
        {
            throw new LedgerException($"The ledger {path} was written by a newer version of this program: update the program.");
        }
    }

    /// <summary>The last script of a side that this program knows.</summary>
    public static int LatestVersion(string side) => Scripts(side)[^1].Version;

    private static long CurrentVersion(DbConnection connection, string side)
    {
        using var statement = new Statement(connection, "SELECT coalesce(max(version), 0) FROM schema_version WHERE side = @0");
        return Convert.ToInt64(statement.Scalar(side), CultureInfo.InvariantCulture);
    }

    private static List<(int Version, string Sql)> Scripts(string side)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"BttProxy.Ledger.{side}.Sql.";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (int.Parse(name.AsSpan(prefix.Length, 4), CultureInfo.InvariantCulture), Text(assembly, name)))];
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static void Run(DbConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        statement.Execute();
    }
}
