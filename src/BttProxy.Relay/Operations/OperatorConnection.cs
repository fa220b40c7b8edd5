using BttProxy.Ledger;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Operations;

/// <summary>The way to a relay's operations, whether it runs or not.</summary>
internal sealed class OperatorConnection : IAsyncDisposable
{
    // A relay that starts or stops holds its ledger before it listens, and after.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ControlClient? _running;
    private readonly StoppedRelay? _stopped;

    private OperatorConnection(ControlClient? running, StoppedRelay? stopped) => (_running, _stopped) = (running, stopped);

    public IRelayOperations Operations => (IRelayOperations?)_running ?? _stopped!.Operations;

    /// <summary>The relay goes on with its outbox by itself.</summary>
    public bool IsRunning => _running is not null;

    /// <exception cref="OperationException">There is no relay, or it cannot be asked.</exception>
    public static async Task<OperatorConnection> OpenAsync(RelayOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        CheckDirectory(options.StateDirectory);
        var state = StateDirectory.Open(options);
        var start = time.GetTimestamp();
        while (true)
        {
            if ((await FindAsync(state, ControlSocket.Name, cancellationToken) ?? await FindAsync(state, ControlSocket.SettlerName, cancellationToken))
                is { } client)
            {
                return new OperatorConnection(client, null);
            }

            try
            {
                return new OperatorConnection(null, await StoppedRelay.OpenAsync(options, state, time, cancellationToken));
            }
            catch (LedgerException e) when (e.IsInUse && time.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (LedgerException e) when (e.IsInUse)
            {
                throw new OperationException(
                    $"Another process holds the ledger in '{options.StateDirectory}' and takes no commands: a relay that starts or stops, "
                    + "another command, or an older version. Try again, or stop it.",
                    RelayExitCode.CannotRun, e);
            }
        }
    }

    private static async Task<ControlClient?> FindAsync(StateDirectory state, string socket, CancellationToken cancellationToken) =>
        LocalSocket.Find(state, socket) is { } path ? await ControlClient.TryOpenAsync(path, cancellationToken) : null;

    // Nothing is made here: a directory that is not there is the wrong one.
    private static void CheckDirectory(string path)
    {
        try
        {
            _ = Directory.EnumerateFileSystemEntries(path).Any();
        }
        catch (DirectoryNotFoundException e)
        {
            throw new OperationException(
                $"The state directory '{path}' does not exist. Name the relay's with --state.", RelayExitCode.BadConfiguration, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperationException(
                $"The state directory '{path}' cannot be read: {e.Message} Run the command as the relay's user.", RelayExitCode.CannotRun, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _running?.Dispose();
        if (_stopped is not null)
        {
            await _stopped.DisposeAsync();
        }
    }
}
