using System.Text.Json;
using BttProxy.Ledger;
using BttProxy.Relay.Backup;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

/// <summary>Why the relay did not do what it was asked for.</summary>
/// <param name="Message">One line.</param>
/// <param name="ExitCode">What the command answers to the shell.</param>
internal sealed record ControlProblem(string Message, RelayExitCode ExitCode)
{
    /// <summary>Null for a fault of ours.</summary>
    public static ControlProblem? Of(Exception exception) => exception switch
    {
        OperationException e => new ControlProblem(e.Message, e.ExitCode),
        RelayConfigurationException => new ControlProblem(exception.Message, RelayExitCode.BadConfiguration),
        LedgerException or ChainException or BackupException => new ControlProblem(exception.Message, RelayExitCode.CannotRun),
        JsonException or BadHttpRequestException => new ControlProblem(
            "The relay does not understand the command: use the program of the same version.", RelayExitCode.CannotRun),
        _ => null,
    };
}
