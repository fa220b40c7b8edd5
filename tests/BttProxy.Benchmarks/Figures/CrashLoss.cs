using BttProxy.FunctionalTests.Relay.World;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// Crashes of a relay's process while vouchers stream in: of how many was an acknowledged amount gone after the restart.
/// The bytes received and not paid at that moment, which the relay does lose, are in the details.
/// </summary>
internal sealed class CrashLoss : IFigure
{
    private static readonly int[] KillAfterMilliseconds = [300, 450, 600, 800, 1000, 1300, 1700, 2200];

    public string Name => "crash-loss";

    public async Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var world = await MarketWorld.StartAsync(4 << 20, cancellationToken);
        var (lost, vouchers, unpaid) = (0, 0, 0L);
        for (var i = 0; i < KillAfterMilliseconds.Length; i++)
        {
            var outcome = await new CrashTrial(world, $"relay-{i}").RunAsync(
                TimeSpan.FromMilliseconds(KillAfterMilliseconds[i]), cancellationToken);
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
            ReferenceValue = KillAfterMilliseconds.Length,
            Ratio = (double)lost / KillAfterMilliseconds.Length,
            Budget = "= 0",
            Pass = lost == 0 && vouchers > 0,
            Details = new Dictionary<string, double> { ["acknowledgedVouchers"] = vouchers, ["mostUnpaidBytes"] = unpaid },
        };
    }
}
