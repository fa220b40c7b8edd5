using System.Globalization;
using BttProxy.Benchmarks;
using BttProxy.Benchmarks.Figures;
using BttProxy.Benchmarks.Figures.Swarm;
using BttProxy.Benchmarks.Interop;
using BttProxy.FunctionalTests.Relay.Settlement.Sweep;

IFigure[] figures =
[
    new ConfigErrors(), new CrashLoss(), new DhtBep44(), new DuplicateBytes(), new DurableAccepts(), new EnergyPerOperation(), new FairReaders(), new FirstByte(), new Histories(), new InteropMatrix(),
    new LeechCpu(), new LeechMemory(), new LeechThroughput(), new MeteredRatio(), new NewcomerMinutes(), new SettlementCrashSweep(),
    new TvmAgreement(), new UnpaidLoss(), new VerdictAgreement(), new VoucherChecks(), new WorkerKill(),
];

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
if (args is [DhtShell.Name, _, _, _, ..])
{
    return await DhtShell.RunAsync(args[1..], stop.Token);
}
if (args is [SwarmShell.Name, .. var rest])
{
    return await SwarmShell.RunAsync(rest, stop.Token);
}
if (args is [TronWebShell.Name])
{
    return await TronWebShell.RunAsync(stop.Token);
}
if (args is [TvmShell.Name])
{
    return await TvmShell.RunAsync(stop.Token);
}
if (args is [SettlementCrashSweep.ChildName, var directory, var killAt])
{
    await new ClaimingProcess(directory).ClaimEverythingAsync(int.Parse(killAt, CultureInfo.InvariantCulture), stop.Token);
    return 0;
}
if (figures.FirstOrDefault(figure => args is [var name] && figure.Name == name) is not { } chosen)
{
    Console.Error.WriteLine($"usage: BttProxy.Benchmarks {string.Join(" | ", figures.Select(figure => figure.Name))}");
    return 2;
}

var figure = await chosen.MeasureAsync(stop.Token);
Console.WriteLine(figure.ToJson());
return figure.Pass ? 0 : 1;
