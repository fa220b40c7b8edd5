using System.Diagnostics;
using System.Globalization;
using BttProxy.Ledger.Earnings;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Ledger;

/// <summary>
/// A process that uses a ledger until it is killed: this test program again, running one explicit test. Before a voucher
/// counts as acknowledged here, its channel and amount are appended to a file that survives the kill.
/// </summary>
public sealed class LedgerChild
{
    private const string ModeVariable = "BTTPROXY_LEDGER_CHILD";
    private const string DirectoryVariable = "BTTPROXY_LEDGER_CHILD_DIRECTORY";

    internal static Process Start(string mode, string directory) =>
        ExplicitTest.Start(typeof(LedgerChild), nameof(RunUntilKilled), (ModeVariable, mode), (DirectoryVariable, directory));

    [Fact(Explicit = true)]
    public Task RunUntilKilled()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        Assert.SkipWhen(directory is null, "Started by the crash tests only.");
        return Environment.GetEnvironmentVariable(ModeVariable) switch
        {
            "relay" => AcceptAsync(new CrashLedger(directory), TestContext.Current.CancellationToken),
            "client" => SignAsync(new CrashLedger(directory), TestContext.Current.CancellationToken),
            var mode => throw new InvalidOperationException($"No mode {mode}."),
        };
    }

    private static async Task AcceptAsync(CrashLedger files, CancellationToken cancellationToken)
    {
        await using var ledger = await RelayLedger.OpenAsync(files.RelayPath, TimeProvider.System, null, cancellationToken);
        await using var acknowledged = files.OpenAcknowledged();
        await Task.WhenAll(Enumerable.Range(0, CrashLedger.Channels).Select(async channel =>
        {
            var state = new OnChainState(0, TokenAmount.MaxValue, TokenAmount.Zero);
            var stored = await ledger.SaveChannelAsync(CrashLedger.Id(channel), CrashLedger.Terms(channel), state, cancellationToken);
            for (var amount = (long)stored.Accepted.Units + 1; ; amount++)
            {
                // One byte per unit, so that a voucher and its session can be told apart from one without the other.
                var acceptance = await ledger.AcceptVoucherAsync(
                    CrashLedger.Voucher(channel, amount), CrashLedger.Session(channel, amount), cancellationToken);
                Assert.Equal(AcceptOutcome.Accepted, acceptance.Outcome);
                CrashLedger.Acknowledge(acknowledged, channel, amount);
            }
        }));
    }

    private static async Task SignAsync(CrashLedger files, CancellationToken cancellationToken)
    {
        await using var ledger = await ClientLedger.OpenAsync(files.ClientPath, TimeProvider.System, null, cancellationToken);
        await using var acknowledged = files.OpenAcknowledged();
        using var lease = ledger.TryLease(CrashLedger.Id(0)) ?? throw new InvalidOperationException("The dead process still holds its lease.");
        var stored = await ledger.SaveChannelAsync(lease, default, CrashLedger.Terms(0), 0, TokenAmount.MaxValue, cancellationToken);
        for (var amount = (long)stored.Signed.Units + 1; ; amount++)
        {
            var purchase = new Purchase(amount.ToString(CultureInfo.InvariantCulture), new ByteCount(1));
            Assert.Equal(RecordOutcome.Stored, await ledger.RecordVoucherAsync(lease, CrashLedger.Voucher(0, amount), purchase, cancellationToken));
            CrashLedger.Acknowledge(acknowledged, 0, amount);
        }
    }
}
