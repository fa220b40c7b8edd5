using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Sessions;
using BttProxy.Relay.Settlement;
using BttProxy.Tron.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.FunctionalTests.Relay.Settlement.Sweep;

/// <summary>
/// A relay's settlement in a process of its own. It claims everything in a ledger, and is killed at the point that it is told.
/// </summary>
internal sealed class ClaimingProcess(string directory)
{
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // The chain forgets a dropped transaction soon, so that a trial need not wait for a minute.
    private static readonly TronChannelOptions Costs = new() { Lifetime = TimeSpan.FromSeconds(3) };

    public string LedgerFile => Path.Combine(directory, "ledger.db");

    public string NetworkFile => Path.Combine(directory, "network.json");

    public string KeyFile => Path.Combine(directory, "key");

    private string ResultFile => Path.Combine(directory, "done");

    /// <summary>Waits for its end. False when it was killed.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<bool> HasDoneItsWorkAsync(Process process, CancellationToken cancellationToken)
    {
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (File.Exists(ResultFile))
        {
            return true;
        }

        return process.ExitCode == Killed ? false : throw new InvalidOperationException($"The relay's process failed.\n{await output}{await error}");
    }

    /// <summary>The work, in the process itself.</summary>
    public async Task ClaimEverythingAsync(int killAt, CancellationToken cancellationToken)
    {
        var points = new CrashPoints(killAt);
        var network = NetworkDescription.Parse(await File.ReadAllBytesAsync(NetworkFile, cancellationToken));
        using var key = Secp256k1Key.FromBytes(await File.ReadAllBytesAsync(KeyFile, cancellationToken));
        var time = TimeProvider.System;
        var nodes = new TronNodeOptions
        {
            Endpoints = [.. network.Chain.Nodes.Select(static node => new TronEndpoint(node.FullNode, node.SolidityNode))],
            RequestsPerSecond = 1000,
        };
        using var node = new TronChannelChain(new TronNode(nodes, time), network.Domain, network.Token, key, Costs, time);
        await using var ledger = await RelayLedger.OpenAsync(LedgerFile, time, new LedgerOptions { Committing = points.Pass }, cancellationToken);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var metrics = new SettlementMetrics(meters, new RelayMetrics(meters), time);
        var options = new SettlementOptions();
        var chain = CrashingChain.Around(node, points);
        var outbox = new ClaimOutbox(chain, ledger, new Exposure(), options.MaxRowsPerClaim, metrics, time, NullLogger<ClaimOutbox>.Instance);
        using var worker = new SettlementWorker(
            chain, ledger, outbox, new ClaimTriggers(options, new CreditOptions()), new SettlementSignal(), options, metrics, time,
            NullLogger<SettlementWorker>.Instance);

        // A pass fails when a transaction has changed nothing; the next one makes it anew.
        var waited = Stopwatch.StartNew();
        while (!await worker.ClaimAllAsync(cancellationToken))
        {
            if (waited.Elapsed > Patience)
            {
                throw new TimeoutException("The claims do not come to an end.");
            }
        }

        await File.WriteAllTextAsync(ResultFile, points.Passed.ToString(CultureInfo.InvariantCulture), cancellationToken);
    }
}
