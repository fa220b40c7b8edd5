using System.Text.Json;
using BttProxy.FunctionalTests.Processes;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>One operator's command in a process of its own, and what it said.</summary>
internal sealed record OperatorRun(int ExitCode, string Output, string Error)
{
    public const string Program = "bttproxy-relay";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The one line of a refusal.</summary>
    public string Problem => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Single();

    public static async Task<OperatorRun> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        await using var program = ChildProgram.Start(Program, args);
        var exitCode = await program.ExitAsync(Deadline, cancellationToken);
        return new OperatorRun(exitCode, program.Output, program.Error);
    }
}
