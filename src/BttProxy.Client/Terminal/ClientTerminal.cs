using Spectre.Console;

namespace BttProxy.Client.Terminal;

/// <summary>What a command talks to: results go to <see cref="Output"/>, everything else to <see cref="Error"/>.</summary>
public sealed class ClientTerminal
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>The live views; null when the output is a file or a pipe, where plain lines are printed instead.</summary>
    public IAnsiConsole? Live { get; init; }

    /// <summary>Reads a secret without echo, or returns null when there is no keyboard.</summary>
    public Func<string, string?> ReadSecret { get; init; } = static _ => null;

    /// <summary>Standard output for content; nothing else is written to <see cref="Output"/> then.</summary>
    public Func<Stream> OpenBinaryOutput { get; init; } = Console.OpenStandardOutput;

    /// <summary>Standard input.</summary>
    public Func<Stream> OpenBinaryInput { get; init; } = Console.OpenStandardInput;

    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public static ClientTerminal ForProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        Live = Console.IsOutputRedirected ? null : AnsiConsole.Console,
        ReadSecret = SecretPrompt.Read,
    };
}
