using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace BttProxy.FunctionalTests.Processes;

/// <summary>
/// One of our programs (<c>bttproxy</c>, <c>bttproxy-relay</c>, <c>bttproxy-devnet</c>) in a process of its own, as a user runs it.
/// Killed at the end if it is still there.
/// </summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProgram(Process process) => _process = process;

    public int Id => _process.Id;

    public string Output => Read(_output);

    public string Error => Read(_error);

    public static ChildProgram Start(string program, params string[] args) => Start(program, args, []);

    public static ChildProgram Start(string program, string[] args, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(PathOf(program), args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var child = new ChildProgram(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Append(child._output, line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Append(child._error, line.Data);
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The exit code. Fails with everything the program printed when it is not there by the deadline.</summary>
    public async Task<int> ExitAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Still running after {deadline}.{Everything()}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits until standard output has a line that begins so, and returns the line.</summary>
    public async Task<string> LineAsync(string beginning, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        while (true)
        {
            var written = _written.Task;
            var ended = _process.HasExited;
            if (ended)
            {
                // Only now has everything it printed been read.
                await _process.WaitForExitAsync(cancellationToken);
            }

            if (Output.Split('\n').FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            if (ended)
            {
                throw new InvalidOperationException($"Ended with {_process.ExitCode} before it printed '{beginning}'.{Everything()}");
            }

            try
            {
                await Task.WhenAny(written, _process.WaitForExitAsync(limit.Token)).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"No line '{beginning}' after {deadline}.{Everything()}");
            }
        }
    }

    /// <summary>Sends a signal by name: "INT" is Ctrl-C, "TERM" a polite stop, "KILL" a crash.</summary>
    public async Task SignalAsync(string name, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-s", name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>In its own output folder, with its own dependencies, as it would be published: beside the tests' folder.</summary>
    private static string PathOf(string program)
    {
        var project = program switch
        {
            "bttproxy" => "BttProxy.Client",
            "bttproxy-relay" => "BttProxy.Relay",
            "bttproxy-devnet" => "BttProxy.Devnet",
            _ => throw new ArgumentOutOfRangeException(nameof(program), program, "None of our programs."),
        };
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, program);
    }

    private string Everything() => $"\nstandard output:\n{Output}\nstandard error:\n{Error}";

    private string Read(StringBuilder text)
    {
        lock (_gate)
        {
            return text.ToString();
        }
    }

    private void Append(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        TaskCompletionSource written;
        lock (_gate)
        {
            text.Append(line).Append('\n');
            written = _written;
            _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        written.SetResult();
    }
}
