using BttProxy.Protocol.Money;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>What became of one history.</summary>
/// <param name="Steps">Done, the one that broke something included.</param>
/// <param name="Faults">Of chain and wire.</param>
/// <param name="Losses">Of processes.</param>
/// <param name="Broken">The invariant that does not hold after the last step, or what was thrown; null when all hold.</param>
internal sealed record HistoryRun(int Steps, int Faults, int Losses, string? Broken)
{
    /// <summary>Sessions that relays opened. A history in which nothing happens proves nothing.</summary>
    public int Sessions { get; private init; }

    /// <summary>Epochs of channels that ended.</summary>
    public int Closed { get; private init; }

    /// <summary>Of the content that relays delivered, how much they have vouchers for.</summary>
    public double PaidShare { get; private init; }

    public static async Task<HistoryRun> RunAsync(History history)
    {
        await using var world = await HistoryWorld.CreateAsync(history);
        var runner = new StepRunner(world);
        var (done, broken) = (0, (string?)null);
        for (; done < history.Steps.Count && broken is null; done++)
        {
            broken = await BreaksAsync(world, runner, history.Steps[done]);
        }

        return new HistoryRun(done, runner.Faults, world.Payers.Sum(static payer => payer.Losses) + world.Relays.Sum(static relay => relay.Losses), broken)
        {
            Sessions = world.Log.All.Sum(static traffic => traffic.Sessions),
            Closed = world.Witness.Closed,
            PaidShare = PaidShareOf(world.Log.All),
        };
    }

    /// <summary>The same fault with as few steps as can be found.</summary>
    public static async Task<History> ShrinkAsync(History history, string broken)
    {
        var name = NameOf(broken);
        for (var size = Math.Max(1, history.Steps.Count / 2); size >= 1; size /= 2)
        {
            for (var start = 0; start < history.Steps.Count;)
            {
                History smaller = history with { Steps = [.. history.Steps.Take(start), .. history.Steps.Skip(start + size)] };
                var run = await RunAsync(smaller);
                if (run.Broken is { } still && NameOf(still) == name)
                {
                    history = smaller with { Steps = [.. smaller.Steps.Take(run.Steps)] };
                }
                else
                {
                    start += size;
                }
            }
        }

        return history;
    }

    private static double PaidShareOf(IReadOnlyCollection<Traffic> all)
    {
        var delivered = all.Sum(static traffic => traffic.Delivered);
        var paid = all.Sum(static traffic => Math.Min(traffic.Delivered, traffic.Relay.Price.Covered(new TokenAmount(traffic.AcknowledgedMost)).Value));
        return delivered == 0 ? 0 : (double)paid / delivered;
    }

    private static string NameOf(string broken) => broken[..Math.Max(0, broken.IndexOf(':', StringComparison.Ordinal))];

    private static async Task<string?> BreaksAsync(HistoryWorld world, StepRunner runner, Step step)
    {
        try
        {
            await runner.RunAsync(step);
            return Invariants.FirstBroken(await world.Witness.LookAsync());
        }
        catch (Exception unexpected)
        {
            return $"{unexpected.GetType().Name}: {unexpected}";
        }
    }
}
