using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.UnitTests.Tron.Contracts.World;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>Does one step after the other, and keeps the world such that honest relays get their turn long before any withdraw delay is over.</summary>
internal sealed class StepRunner(HistoryWorld world)
{
    // A withdraw takes an hour at least; whatever is down or out comes back before.
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(10);

    private DateTimeOffset _lastTurn = world.Clock.GetUtcNow();

    /// <summary>Faults of chain and wire, as they were asked for.</summary>
    public int Faults { get; private set; }

    public async Task RunAsync(Step step)
    {
        var payer = world.Payers[step.A % world.Payers.Length];
        var relay = RelayOf(step, payer);
        switch (step.Kind)
        {
            case StepKind.Deposit:
                await SendAsync(payer, BttChannelsCalls.Deposit(world.Chain.Token, Amount(step)));
                break;
            case StepKind.WithdrawDeposit:
                await SendAsync(payer, BttChannelsCalls.Withdraw(world.Chain.Token, Amount(step)));
                break;
            case StepKind.Open:
            case StepKind.Fetch or StepKind.Pay or StepKind.Close when payer.Relays.Count == 0:
                await payer.OpenAsync(relay, Amount(step).Units, step.C);
                break;
            case StepKind.Fetch or StepKind.FetchAborted or StepKind.FetchGarbage:
                await payer.FetchAsync(relay, 1 + (step.C * 3), step.Kind == StepKind.FetchGarbage, step.Kind == StepKind.FetchAborted);
                break;
            case StepKind.Pay:
                await payer.PayAsync(relay, step.C);
                break;
            case StepKind.Close:
                await payer.CloseAsync(relay, step.C);
                break;
            case StepKind.RequestWithdraw:
                await ForChannelAsync(payer, step, traffic => SendAsync(payer, BttChannelsCalls.RequestWithdraw(traffic.Terms)));
                break;
            case StepKind.FinishWithdraw:
                await FinishWithdrawsAsync(payer);
                break;
            case StepKind.ClaimByStranger:
                await ClaimByStrangerAsync(step);
                break;
            case StepKind.PassBlocks:
                await world.Chain.PassBlocksAsync(1 + (step.C % 12));
                break;
            case StepKind.PassHours:
                await PassHoursAsync(1 + (step.C % 26));
                break;
            case StepKind.Work:
                await relay.WorkAsync();
                break;
            case StepKind.CopyMemory:
                await payer.SnapshotAsync();
                break;
            case StepKind.RestoreMemory:
                await payer.RestoreAsync();
                break;
            case StepKind.LoseRelay:
                await LoseAsync(relay, step.C);
                break;
            case StepKind.StartRelay when !relay.IsUp:
                await relay.StartAsync();
                break;
            case StepKind.LosePayer when step.C % 2 == 0:
                await payer.RestartAsync();
                break;
            case StepKind.LosePayer:
                payer.Life.LoseAfter(step.C / 2 % 12);
                break;
            default:
                await FailAsync(step);
                break;
        }

        if (world.Clock.GetUtcNow() - _lastTurn > Turn)
        {
            await GiveTurnAsync();
        }
    }

    private async Task FailAsync(Step step)
    {
        Faults++;
        var nodes = world.Chain.Nodes;
        var node = nodes[step.A % nodes.Count];
        switch (step.Kind)
        {
            case StepKind.Fork:
                await world.Chain.Chain.ForkAsync(1 + (step.C % HistoryChain.BlocksToSolidify), isKept: step.B % 2 == 0, CancellationToken.None);
                break;
            case StepKind.DropTransactions:
                world.Chain.Chain.Faults.TransactionsToDrop = 1 + (step.C % 2);
                break;
            case StepKind.StarveTransactions:
                world.Chain.Chain.Faults.TransactionsToStarve = 1 + (step.C % 2);
                break;
            case StepKind.NodesOut:
                node.IsOut = true;
                break;
            case StepKind.NodesBack:
                Mend();
                break;
            case StepKind.NodeLies when nodes.Count > 2 && nodes.All(static other => other.Lie is null && !other.IsOut):
                node.Lie = NodeLies.Of(step.C);
                break;
            case StepKind.LoseRequest:
                world.Faults.RequestsToLose = 1 + (step.C % 5);
                break;
            case StepKind.LoseAnswer:
                world.Faults.AnswersToLose = 1 + (step.C % 5);
                break;
            case StepKind.RelayLies:
                world.Faults.Lie = 1 + (step.C % 7);
                break;
        }
    }

    /// <summary>At once, or at one of its next requests to the chain.</summary>
    private static Task LoseAsync(HistoryRelay relay, int variant)
    {
        if (variant % 3 == 0)
        {
            return relay.LoseAsync();
        }

        relay.Life.LoseAfter(variant / 3 % 40);
        return Task.CompletedTask;
    }

    /// <summary>Relays get turns when it begins and when it ends; between nothing happens that would give them work.</summary>
    private async Task PassHoursAsync(int hours)
    {
        await GiveTurnAsync();
        await world.Chain.PassAsync(TimeSpan.FromHours(hours));
        await GiveTurnAsync();
    }

    /// <summary>Everything runs again, and every relay does what it does all the time.</summary>
    private async Task GiveTurnAsync()
    {
        Mend();
        foreach (var relay in world.Relays)
        {
            // A claim is sent, then solid, then written down; and the relay may be lost in between.
            for (var passes = 0; passes < 3 || (!relay.IsUp && passes < 5); passes++)
            {
                if (!relay.IsUp)
                {
                    await relay.StartAsync();
                }

                await relay.WorkAsync();
                await world.Chain.PassBlocksAsync(HistoryChain.BlocksToSolidify + 2);
            }
        }

        _lastTurn = world.Clock.GetUtcNow();
    }

    private void Mend()
    {
        foreach (var node in world.Chain.Nodes)
        {
            (node.IsOut, node.Lie) = (false, null);
        }

        (world.Chain.Chain.Faults.TransactionsToDrop, world.Chain.Chain.Faults.TransactionsToStarve) = (0, 0);
    }

    private Task SendAsync(IPayer payer, byte[] input) => world.Chain.SendAsync(payer.Key, world.Chain.Domain.Contract, input);

    /// <summary>One of those with which the payer has a session, or any.</summary>
    private HistoryRelay RelayOf(Step step, IPayer payer)
    {
        var known = payer.Relays;
        return known.Count > 0 && step.Kind is (StepKind.Fetch or StepKind.FetchAborted or StepKind.FetchGarbage or StepKind.Pay or StepKind.Close)
            ? known[step.B % known.Count]
            : world.Relays[step.B % world.Relays.Length];
    }

    private async Task FinishWithdrawsAsync(IPayer payer)
    {
        foreach (var traffic in world.Log.All.Where(traffic => traffic.Terms.Payer == payer.Key.Address).ToList())
        {
            await SendAsync(payer, BttChannelsCalls.FinishWithdraw(traffic.Terms, traffic.Epoch));
        }
    }

    private async Task ForChannelAsync(IPayer payer, Step step, Func<Traffic, Task> act)
    {
        var own = world.Log.All.Where(traffic => traffic.Terms.Payer == payer.Key.Address).ToList();
        if (own.Count > 0)
        {
            await act(own[step.C % own.Count]);
        }
    }

    /// <summary>Rows of which most are stale, void or wrong; some twice.</summary>
    private async Task ClaimByStrangerAsync(Step step)
    {
        var known = world.Log.Rows;
        if (known.Count > 0)
        {
            var random = new Random(step.C);
            ClaimRow[] rows = [.. Enumerable.Range(0, 1 + (step.B % 6)).Select(_ => known[random.Next(known.Count)])];
            await world.Chain.SendAsync(ChannelsWorld.Stranger, world.Chain.Domain.Contract, BttChannelsCalls.Claim(rows));
        }
    }

    private static TokenAmount Amount(Step step) => new(1_000 + ((UInt128)step.C * 500));
}
