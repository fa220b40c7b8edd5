using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace BttProxy.Ledger.Storage;

/// <summary>
/// The one writer of a database: takes what is waiting, runs it in one transaction, commits (one fsync), then answers everybody.
/// While a commit syncs, the next batch gathers by itself, so no delay is added when there is little to do.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    private readonly SqliteStore _store;
    private readonly int _maxBatch;
    private readonly Action? _beforeCommit;
    private readonly Action? _afterRollback;
    private readonly Channel<WriteOperation> _waiting;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Task _loop;
    private LedgerException? _broken;

    public WriteQueue(SqliteStore store, LedgerOptions options, Action? beforeCommit = null, Action? afterRollback = null)
    {
        _store = store;
        _maxBatch = options.MaxBatch;
        _beforeCommit = beforeCommit;
        _afterRollback = afterRollback;
        _waiting = Channel.CreateBounded<WriteOperation>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });
        _begin = new Statement(store.Writer, "BEGIN IMMEDIATE");
        _commit = new Statement(store.Writer, "COMMIT");
        _rollback = new Statement(store.Writer, "ROLLBACK");
        _loop = Task.Run(LoopAsync, CancellationToken.None);
    }

    /// <summary>Completes when the change is durable. Cancelling counts only until the writer takes the change up.</summary>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var operation = new WriteOperation<T>(work, cancellationToken);
        try
        {
            await _waiting.Writer.WriteAsync(operation, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(WriteQueue));
        }

        return await operation.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
    }

    private async Task LoopAsync()
    {
        var batch = new List<WriteOperation>(_maxBatch);
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < _maxBatch && _waiting.Reader.TryRead(out var operation))
            {
                batch.Add(operation);
            }

            CommitBatch(batch);
            batch.Clear();
        }
    }

    private void CommitBatch(List<WriteOperation> batch)
    {
        batch.RemoveAll(FailedBeforeItRan);
        if (batch.Count == 0 || TryCommit(batch, out var failure))
        {
            return;
        }

        if (batch.Count == 1 || _broken is not null)
        {
            batch.ForEach(operation => operation.Fail(failure!));
            return;
        }

        // One of them is bad: each alone, so that only that one fails.
        foreach (var operation in batch)
        {
            if (!FailedBeforeItRan(operation) && !TryCommit([operation], out failure))
            {
                operation.Fail(failure!);
            }
        }
    }

    private bool FailedBeforeItRan(WriteOperation operation)
    {
        if (_broken is not null)
        {
            operation.Fail(_broken);
            return true;
        }

        if (operation.CancellationToken.IsCancellationRequested)
        {
            operation.Fail(new OperationCanceledException(operation.CancellationToken));
            return true;
        }

        return false;
    }

    private bool TryCommit(List<WriteOperation> batch, out Exception? failure)
    {
        try
        {
            _begin.Execute();
            foreach (var operation in batch)
            {
                operation.Execute();
            }

            _beforeCommit?.Invoke();
            _commit.Execute();
        }
#pragma warning disable CA1031 // the failure goes to the callers that wait for it
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = RollBack(exception);
            return false;
        }

        batch.ForEach(operation => operation.Complete());
        failure = null;
        return true;
    }

    private Exception RollBack(Exception exception)
    {
        _afterRollback?.Invoke();
        try
        {
            _rollback.Execute();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself already (disk full, I/O error): "no transaction is active".
        }

        if (exception is not SqliteException sqlite)
        {
            return exception;
        }

        var failure = SqliteErrors.Translate(sqlite, _store.Path);
        if (SqliteErrors.LeavesFileUnsure(sqlite))
        {
            _broken = failure;
        }

        return failure;
    }
}
