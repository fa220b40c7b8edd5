namespace BttProxy.Ledger.Storage;

/// <summary>One caller's change. It may run twice (alone, after a batch failed), so it only touches the database.</summary>
internal abstract class WriteOperation(CancellationToken cancellationToken)
{
    public CancellationToken CancellationToken { get; } = cancellationToken;

    public abstract void Execute();

    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

internal sealed class WriteOperation<T>(Func<T> work, CancellationToken cancellationToken) : WriteOperation(cancellationToken)
{
    // Continuations run elsewhere: the writer must not execute its callers' code between two commits.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Task => _completion.Task;

    public override void Execute() => _result = work();

    public override void Complete() => _completion.SetResult(_result!);

    public override void Fail(Exception exception)
    {
        if (exception is OperationCanceledException canceled)
        {
            _completion.SetCanceled(canceled.CancellationToken);
        }
        else
        {
            _completion.SetException(exception);
        }
    }
}
