using System.CommandLine;
using System.Text.Json;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

/// <summary>What the operator's commands share: the way to the relay, where to print, and Ctrl-C.</summary>
internal sealed class OperatorShell(RelayOptionSet relay, TextWriter output, TextWriter error, TimeProvider time)
{
    public TimeProvider Time => time;

    /// <summary>For questions and remarks.</summary>
    public TextWriter Error => error;

    public static Option<bool> JsonOption() => new("--json")
    {
        Description = "Print the result as JSON on standard output, amounts in smallest units; everything else goes to standard error.",
    };

    /// <summary>Connects, and runs the command until it ends or is interrupted.</summary>
    public Task<int> RunAsync(
        ParseResult parsed, Func<OperatorConnection, CancellationToken, Task<RelayExitCode>> command, CancellationToken cancellationToken) =>
        RunAloneAsync(
            parsed,
            async (options, token) =>
            {
                await using var connection = await OperatorConnection.OpenAsync(options, time, token);
                return await command(connection, token);
            },
            cancellationToken);

    /// <summary>Runs a command that needs no relay, until it ends or is interrupted.</summary>
    public Task<int> RunAloneAsync(
        ParseResult parsed, Func<RelayOptions, CancellationToken, Task<RelayExitCode>> command, CancellationToken cancellationToken) =>
        RunUnreadAsync(parsed, (read, token) => command(read(), token), cancellationToken);

    /// <summary>As <see cref="RunAloneAsync"/>; reading the options may fail, and is left to the command.</summary>
    public async Task<int> RunUnreadAsync(
        ParseResult parsed, Func<Func<RelayOptions>, CancellationToken, Task<RelayExitCode>> command, CancellationToken cancellationToken)
    {
        using var stop = new StopSignals(cancellationToken);
        try
        {
            return (int)await command(() => relay.Read(parsed), stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            await SayAsync("Interrupted.");
            return (int)RelayExitCode.Interrupted;
        }
    }

    public Task PrintAsync(string text) => output.WriteLineAsync(text);

    public Task PrintJsonAsync<T>(T report) => output.WriteLineAsync(JsonSerializer.Serialize(report, OperationsJson.Format));

    /// <summary>To the person, beside the result.</summary>
    public Task SayAsync(string text) => error.WriteLineAsync(text);
}
