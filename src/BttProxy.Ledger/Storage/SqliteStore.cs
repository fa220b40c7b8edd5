using Microsoft.Data.Sqlite;

namespace BttProxy.Ledger.Storage;

/// <summary>One database file: opening, durability settings, read connections.</summary>
internal sealed class SqliteStore : IDisposable
{
    private readonly string _connectionString;

    private SqliteStore(string path)
    {
        Path = path;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = true, DefaultTimeout = 30 }.ToString();
        Writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
    }

    public string Path { get; }

    /// <summary>The connection of the one writer; nobody else may touch it.</summary>
    public SqliteConnection Writer { get; }

    public static SqliteStore Open(string path, string side, LedgerOptions options, DateTimeOffset now)
    {
        var store = new SqliteStore(System.IO.Path.GetFullPath(path));
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(store.Path)!);
            store.Writer.Open();
            store.Configure(options);
            SchemaScripts.Apply(store.Writer, side, now, store.Path);
            return store;
        }
        catch (SqliteException exception)
        {
            store.Dispose();
            throw SqliteErrors.Translate(exception, store.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            store.Dispose();
            throw new LedgerException($"The ledger {store.Path} cannot be opened: {exception.Message}", innerException: exception);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Runs a query on its own connection; sees every write that has completed.</summary>
    public T Read<T>(Func<SqliteConnection, T> query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = new SqliteConnection(_connectionString);
            connection.Open();
            return query(connection);
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Translate(exception, Path);
        }
    }

    public void Dispose()
    {
        using var pooled = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(pooled);
        Writer.Dispose();
    }

    private void Configure(LedgerOptions options)
    {
        // The client's ledger is shared by its processes; SQLite waits in small steps for the other one's commit.
        Run("PRAGMA busy_timeout = 10000");
        // WAL appends a batch and syncs once; FULL syncs the log at every commit (NORMAL would lose the last commits on power loss).
        // A longer log than the default 1,000 pages lets a checkpoint write a page once for many commits.
        Run("PRAGMA journal_mode = WAL");
        Run("PRAGMA synchronous = FULL");
        Run("PRAGMA foreign_keys = ON");
        Run("PRAGMA wal_autocheckpoint = 8192");
        Run("PRAGMA journal_size_limit = 67108864");
        Run("PRAGMA cache_size = -65536");
        using var pageSize = new Statement(Writer, "PRAGMA page_size");
        Run($"PRAGMA max_page_count = {Math.Max(1, options.MaxBytes / (long)pageSize.Scalar()!)}");
    }

    private void Run(string sql)
    {
        using var statement = new Statement(Writer, sql);
        statement.Scalar();
    }
}
