using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

/// <summary>Waits until claims have ended, and says meanwhile what happens. Whoever interrupts it interrupts nothing but the waiting.</summary>
internal sealed class ClaimFollower(OperatorShell shell, OperatorConnection connection)
{
    // A TRON block.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private string? _said;

    public static RelayExitCode ExitCodeOf(ClaimProgress progress) =>
        progress.Problem is null && progress.Claims.All(static claim => claim.State == ClaimState.Settled)
            ? RelayExitCode.Success
            : RelayExitCode.NotClaimed;

    public async Task<ClaimProgress> RunAsync(ClaimProgress progress, CancellationToken cancellationToken)
    {
        if (progress.IsUnderWay)
        {
            await SayWhatIsSentAsync(progress);
        }

        try
        {
            for (var pause = FirstPause; progress.IsUnderWay && await MayGoOnAsync(progress); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                await Task.Delay(pause, shell.Time, cancellationToken);
                progress = Join(progress, await connection.Operations.FollowClaimsAsync(
                    new ClaimFollowUp([.. progress.Claims.Select(static claim => claim.Id)]), cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            await shell.SayAsync(GoesOn);
            throw;
        }

        return progress;
    }

    private string GoesOn => connection.IsRunning
        ? "The claims are in the relay's outbox; it goes on with them."
        : "The claims are in the outbox; the relay goes on with them when it starts, or 'bttproxy-relay claim' does.";

    private static ClaimProgress Join(ClaimProgress before, ClaimProgress now)
    {
        var values = before.Claims.ToDictionary(static claim => claim.Id, static claim => claim.Value);
        return before with
        {
            Claims = [.. now.Claims.Select(claim => claim with { Value = values.GetValueOrDefault(claim.Id) ?? claim.Value })],
            Problem = now.Problem,
            MayPass = now.MayPass,
        };
    }

    private async Task SayWhatIsSentAsync(ClaimProgress progress)
    {
        foreach (var transaction in progress.Claims.Where(static claim => claim.TransactionId is not null).GroupBy(static claim => claim.TransactionId))
        {
            await shell.SayAsync($"Sent {PlainText.Count(transaction.Count(), "claim")} as transaction {transaction.Key}.");
        }

        await shell.SayAsync("Waiting until nothing can undo them, on TRON about a minute. Ctrl-C ends the waiting only.");
    }

    private async Task<bool> MayGoOnAsync(ClaimProgress progress)
    {
        if (progress.Problem is { } problem && problem != _said)
        {
            _said = problem;
            await shell.SayAsync(problem);
        }

        if (progress.Problem is null || progress.MayPass)
        {
            return true;
        }

        await shell.SayAsync(GoesOn);
        return false;
    }
}
