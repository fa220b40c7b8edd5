using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Doctor;

/// <summary>
/// Measures every part that a relay needs, beside a running one or a stopped one, and changes nothing. Each step stands for itself: what
/// another one needs and does not get is skipped, so that one cause is named once.
/// </summary>
internal sealed class Examination(RelayOptions options, TimeProvider time)
{
    // A step that hangs must not hide the others.
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(40);

    private static readonly string[] NetworkSteps = ["chain", "contract", "clock", "fees", "dht", "record", "port", "certificate", "site"];

    public async Task<DoctorReport> RunAsync(CancellationToken cancellationToken)
    {
        var running = await RunningRelay.FindAsync(options, cancellationToken);
        var (findings, network) = Configuration(running);
        using var keys = KeysOnDisk.Read(options);
        findings.Add(KeysCheck.Run(options, keys, running));
        findings.Add(await StepAsync("ledger", token => LedgerCheck.RunAsync(options, running, time, token), cancellationToken));
        findings.Add(DiskCheck.Run(options, time));
        if (network is null)
        {
            findings.AddRange(NetworkSteps.Select(static step => Finding.Skip(step, "which network it is must be known first")));
        }
        else
        {
            await ExamineNetworkAsync(findings, network, keys, running, cancellationToken);
        }

        return new DoctorReport(running is not null, findings.TrueForAll(static finding => finding.Verdict != Verdict.Fail), findings);
    }

    private (List<Finding> Findings, NetworkDescription? Network) Configuration(StatusReport? running)
    {
        try
        {
            var network = NetworkFile.Load(options.NetworkFile);
            var problems = RelayOptionsValidator.Problems(options);
            return problems.Count == 0
                ? ([Finding.Ok("configuration", $"network {network.Name}, {(running is null ? "no relay runs" : "the relay runs")}")], network)
                : ([Finding.Fail("configuration", string.Join(" ", problems), "Change these options; relay-config/relay.schema.json describes each.")], network);
        }
        catch (RelayConfigurationException e)
        {
            return ([Finding.Fail("configuration", e.Message, "Name the network description with --network, or networkFile in the configuration.")], null);
        }
    }

    private async Task ExamineNetworkAsync(
        List<Finding> findings, NetworkDescription network, KeysOnDisk keys, StatusReport? running, CancellationToken cancellationToken)
    {
        var chain = new ChainCheck(options, network, time);
        findings.AddRange(await StepsAsync("chain", chain.RunAsync, cancellationToken));
        findings.Add(await StepAsync("fees", token => FeesCheck.RunAsync(options, network, keys, time, token), cancellationToken));
        var dht = await DhtProbe.RunAsync(options, network, keys, time, cancellationToken);
        findings.Add(DhtCheck.Reach(dht, options));
        findings.Add(DhtCheck.Record(dht, options, keys, running, time));
        findings.AddRange(await StepsAsync("port", token => new PortCheck(options, network, keys, dht, running, time).RunAsync(token), cancellationToken));
    }

    private async Task<Finding> StepAsync(string name, Func<CancellationToken, Task<Finding>> step, CancellationToken cancellationToken) =>
        (await StepsAsync(name, async token => [await step(token)], cancellationToken))[0];

    private async Task<IReadOnlyList<Finding>> StepsAsync(
        string name, Func<CancellationToken, Task<IReadOnlyList<Finding>>> step, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(StepPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await step(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [Finding.Fail(name, $"no result within {StepPatience.TotalSeconds:0} s", "Look at what it measures by hand; the machine or its network is very slow.")];
        }
    }
}
