using BttProxy.Relay.Cli;

namespace BttProxy.Relay.Operations;

/// <summary>What the operator asked for cannot be done; the message is one line that says what to do instead.</summary>
internal sealed class OperationException(string message, RelayExitCode exitCode, Exception? innerException = null)
    : Exception(message, innerException)
{
    public RelayExitCode ExitCode { get; } = exitCode;
}
