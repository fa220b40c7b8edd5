using BttProxy.FunctionalTests.Relay.World;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Gateway, two workers, dht and settler as processes, and 20 downloads that pay: kill -9 of the busier worker, then of the gateway. How many
/// bytes are lost, and for how long the downloads stood still.
/// </summary>
internal sealed class WorkerKill : IFigure
{
    private const int Downloads = 20;
    private const int ContentBytes = 96 << 20;

    // So that no download ends before both have been killed.
    private const int SeedRate = 6 << 20;

    private static readonly TimeSpan MostAfterWorker = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MostAfterGateway = TimeSpan.FromSeconds(30);

    public string Name => "worker-kill";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var world = await MarketWorld.StartAsync(ContentBytes, TimeSpan.Zero, cancellationToken, seedRate: SeedRate);
        var outcome = await new RolesTrial(world, Downloads).RunAsync(cancellationToken);
        Console.Error.WriteLine(outcome);
        var all = (double)world.Content.Info.Length * Downloads;
        return new Figure
        {
            Name = Name,
            Value = outcome.MissingBytes,
            Unit = "bytes lost of 20 downloads",
            Reference = "bytes of 20 downloads",
            ReferenceValue = all,
            Ratio = outcome.MissingBytes / all,
            Budget = $"= 0, all exact, every signed voucher claimed; stopped <= {MostAfterWorker.TotalSeconds} s by the worker, <= {MostAfterGateway.TotalSeconds} s by the gateway",
            Pass = outcome is { Exact: Downloads, MissingBytes: 0, HitByWorker: Downloads, HitByGateway: > Downloads / 2, Resumed: > 0 }
                && outcome.Signed == outcome.Accepted && outcome.Signed == outcome.Claimed && outcome.ExitCodes.All(static code => code == 0)
                && outcome.WorkerStop <= MostAfterWorker && outcome.GatewayStop <= MostAfterGateway,
            Details = new Dictionary<string, double>
            {
                ["workerRecoverySeconds"] = Math.Round(outcome.WorkerStop.TotalSeconds, 2),
                ["gatewayRecoverySeconds"] = Math.Round(outcome.GatewayStop.TotalSeconds, 2),
                ["downloadsAtWorkersEnd"] = outcome.HitByWorker,
                ["downloadsAtGatewaysEnd"] = outcome.HitByGateway,
                ["bytesFetchedTwice"] = outcome.FetchedTwice,
                ["responsesResumed"] = outcome.Resumed,
                ["unitsSignedAndNotAccepted"] = (double)outcome.Signed.SubtractSaturating(outcome.Accepted).Units,
                ["unitsAcceptedAndNotClaimed"] = (double)outcome.Accepted.SubtractSaturating(outcome.Claimed).Units,
            },
        };
    }
}
