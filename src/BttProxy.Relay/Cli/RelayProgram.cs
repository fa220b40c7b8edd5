using System.Runtime.InteropServices;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Operations;
using BttProxy.Relay.Reloading;

namespace BttProxy.Relay.Cli;

/// <summary>The program around a relay: start, say where it listens, wait for a signal, stop; or run an operator's command.</summary>
internal sealed class RelayProgram(TextWriter output, TextWriter error)
{
    public static RelayHost Build(RelayOptions options, ConfigurationSource source, Action<ILoggingBuilder>? logging)
    {
        // Before the network description, whose lack may be one problem of several.
        var problems = RelayOptionsValidator.Problems(options);
        return problems.Count == 0
            ? RelayApplication.Build(options, source, NetworkFile.Load(options.NetworkFile), logging)
            : throw new RelayConfigurationException(problems);
    }

    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        try
        {
            var restore = new RestoreProgram(output, error, TimeProvider.System);
            return await new RelayCommand(output, error, TimeProvider.System).InvokeAsync(args, RunRelayAsync, restore.RunAsync, cancellationToken);
        }
        catch (Exception e) when (ControlProblem.Of(e) is { } problem)
        {
            await error.WriteLineAsync(problem.Message);
            return (int)problem.ExitCode;
        }
    }

    private async Task<int> RunRelayAsync(RelayOptions options, ConfigurationSource source, CancellationToken cancellationToken)
    {
        await using var relay = Build(options, source, logging => logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        }));
        using var stop = new StopSignals(cancellationToken);
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            relay.AskForReload();
        });
        try
        {
            await relay.StartAsync(stop.Token);
            await output.WriteLineAsync(relay.Summary);
            await output.FlushAsync(CancellationToken.None);
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // Asked to stop.
        }

        await relay.StopAsync(CancellationToken.None);
        return (int)RelayExitCode.Success;
    }
}
