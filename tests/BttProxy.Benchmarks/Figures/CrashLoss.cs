using BttProxy.FunctionalTests.Relay.World;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Crashes of a relay's process while vouchers stream in: of how many was an acknowledged amount gone after the restart.
/// The bytes received and not paid at that moment, which the relay does lose, are in the details.
/// </summary>
internal sealed class CrashLoss : IFigure
{
    private static readonly int[] KillAfterVouchers = [1, 2, 5, 10, 20, 50, 100, 200];

    public string Name => "crash-loss";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var world = await MarketWorld.StartAsync(4 << 20, cancellationToken);
        var (lost, vouchers, unpaid) = (0, 0, 0L);
        for (var i = 0; i < KillAfterVouchers.Length; i++)
        {
            var outcome = await new CrashTrial(world, $"relay-{i}").RunAsync(KillAfterVouchers[i], cancellationToken);
            Console.Error.WriteLine(outcome);
            lost += outcome.Remembered < outcome.Acknowledged ? 1 : 0;
            vouchers += outcome.Vouchers;
            unpaid = Math.Max(unpaid, outcome.UnpaidBytes);
        }

        return new Figure
        {
            Name = Name,
            Value = lost,
            Unit = "crashes with a loss",
            Reference = "crashes by kill -9",
            ReferenceValue = KillAfterVouchers.Length,
            Ratio = (double)lost / KillAfterVouchers.Length,
            Budget = "= 0",
            Pass = lost == 0 && vouchers > 0,
            Details = new Dictionary<string, double> { ["acknowledgedVouchers"] = vouchers, ["mostUnpaidBytes"] = unpaid },
        };
    }
}
