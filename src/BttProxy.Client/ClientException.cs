namespace BttProxy.Client;

/// <summary>The command cannot go on for a reason that the user can do something about; the message is one line that says what.</summary>
public sealed class ClientException : Exception
{
    public ClientException(ExitCode exitCode, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ExitCode = exitCode;
    }

    public ExitCode ExitCode { get; }
}
