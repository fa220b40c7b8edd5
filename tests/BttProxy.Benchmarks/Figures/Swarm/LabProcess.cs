using System.Diagnostics;

namespace BttProxy.Benchmarks.Figures.Swarm;

/// <summary>A program that serves a measurement: it prints "ready", takes lines on its standard input, and ends when that ends.</summary>
internal sealed class LabProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private LabProcess(Process process) => _process = process;

    public static async Task<LabProcess> StartAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var lab = new LabProcess(Process.Start(start)!);
        try
        {
            var line = await lab._process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(StartLimit, cancellationToken);
            return line is not null && line.StartsWith("ready", StringComparison.Ordinal)
                ? lab
                : throw new InvalidOperationException($"{program} said '{line}' instead of ready.");
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Writes a line and waits for the answer.</summary>
    public async Task<string> AskAsync(string line, TimeSpan limit, CancellationToken cancellationToken)
    {
        await TellAsync(line);
        return await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(limit, cancellationToken)
            ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended in the middle.");
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>The last line that it printed.</returns>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken).WaitAsync(limit, cancellationToken);
            await process.WaitForExitAsync(cancellationToken).WaitAsync(limit, cancellationToken);
            return process.ExitCode == 0
                ? output.TrimEnd().Split('\n')[^1]
                : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process.Dispose();
    }
}
