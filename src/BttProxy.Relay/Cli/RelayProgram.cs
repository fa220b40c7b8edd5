using System.Runtime.InteropServices;
using BttProxy.Ledger;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Tron;

namespace BttProxy.Relay.Cli;

/// <summary>The program around a relay: start, say where it listens, wait for a signal, stop.</summary>
internal sealed class RelayProgram(TextWriter output, TextWriter error)
{
    private const int Success = 0;
    private const int BadConfiguration = 2;
    private const int CannotRun = 3;

    public static RelayHost Build(RelayOptions options, Action<ILoggingBuilder>? logging) =>
        RelayApplication.Build(options, NetworkFile.Load(options.NetworkFile), logging);

    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        try
        {
            var restore = new RestoreProgram(output, error, TimeProvider.System);
            return await new RelayCommand().InvokeAsync(args, RunRelayAsync, restore.RunAsync, cancellationToken);
        }
        catch (RelayConfigurationException e)
        {
            await error.WriteLineAsync(e.Message);
            return BadConfiguration;
        }
        catch (Exception e) when (e is LedgerException or ChainException)
        {
            await error.WriteLineAsync(e.Message);
            return CannotRun;
        }
    }

    private async Task<int> RunRelayAsync(RelayOptions options, CancellationToken cancellationToken)
    {
        await using var relay = Build(options, logging => logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        }));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = OnSignal(PosixSignal.SIGINT, stop);
        using var terminate = OnSignal(PosixSignal.SIGTERM, stop);
        try
        {
            await relay.StartAsync(stop.Token);
            await output.WriteLineAsync($"relay {relay.RelayId} listens on {relay.PublicEndPoint}, admin http://{relay.AdminEndPoint}");
            await output.FlushAsync(CancellationToken.None);
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop.
        }

        await relay.StopAsync(CancellationToken.None);
        return Success;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
}
