using System.Diagnostics;
using System.Security.Cryptography;
using BttProxy.Ledger.Earnings;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Ledger;

/// <summary>Processes killed with SIGKILL at random points, again and again on the same files.</summary>
public sealed class LedgerCrashTests : IDisposable
{
    private const int Kills = 4;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bttproxy-crash-");
    private readonly CrashLedger _files;

    public LedgerCrashTests() => _files = new CrashLedger(_directory.FullName);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task RelayKilled_LosesNothingAcknowledgedAndLowersNothing()
    {
        var (lost, before) = (0, new long[CrashLedger.Channels]);
        for (var kill = 0; kill < Kills; kill++)
        {
            await RunAndKillAsync("relay", RandomNumberGenerator.GetInt32(1, 2_000));
            var acknowledged = await _files.HighestAcknowledgedAsync(Cancelled);
            await using var ledger = await RelayLedger.OpenAsync(_files.RelayPath, TimeProvider.System, null, Cancelled);
            for (var channel = 0; channel < CrashLedger.Channels; channel++)
            {
                var stored = await ledger.FindChannelAsync(CrashLedger.Id(channel), Cancelled);
                var accepted = (long)(stored?.Accepted.Units ?? 0);
                lost += accepted < acknowledged[channel] ? 1 : 0;
                Assert.True(accepted >= before[channel]);
                Assert.Equal(accepted, stored?.Delivered.Value ?? 0);
                before[channel] = accepted;
                if (accepted > 0)
                {
                    Assert.Equal(CrashLedger.Voucher(channel, accepted), stored!.Best);
                }
            }

            var earned = await ledger.EarningsAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, Cancelled);
            var totals = await ledger.TotalsAsync(Cancelled);
            Assert.Equal(totals.Accepted, earned.Aggregate(TokenAmount.Zero, (sum, hour) => sum + hour.Amount));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{Kills} kills, {_files.AcknowledgedCount} vouchers acknowledged, {lost} channels with a lost one");
        Assert.Equal(0, lost);
    }

    [Fact]
    public async Task ClientKilled_NeverForgetsWhatItMayHaveSent()
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            await RunAndKillAsync("client", RandomNumberGenerator.GetInt32(1, 200));
            var sent = (await _files.HighestAcknowledgedAsync(Cancelled))[0];
            await using var ledger = await ClientLedger.OpenAsync(_files.ClientPath, TimeProvider.System, null, Cancelled);
            var stored = (await ledger.FindChannelAsync(CrashLedger.Id(0), Cancelled))!;
            var spends = await ledger.SpendsAsync(DateOnly.MinValue, DateOnly.MaxValue, Cancelled);

            // One more at most: stored, and killed before it could be sent.
            Assert.InRange((long)stored.Signed.Units, sent, sent + 1);
            Assert.Equal(stored.Signed, spends.Aggregate(TokenAmount.Zero, (sum, entry) => sum + entry.Spend.Amount));
            using var lease = ledger.TryLease(CrashLedger.Id(0))!;
            Assert.Equal(RecordOutcome.NotHigher, await ledger.RecordVoucherAsync(lease, CrashLedger.Voucher(0, (long)stored.Signed.Units - 1), null, Cancelled));
        }
    }

    [Fact]
    public async Task ChannelOfAnotherProcess_CannotBeLeasedUntilThatProcessIsGone()
    {
        using var child = LedgerChild.Start("client", _directory.FullName);
        await UntilAcknowledgedAsync(child, 1);
        await using (var ledger = await ClientLedger.OpenAsync(_files.ClientPath, TimeProvider.System, null, Cancelled))
        {
            Assert.Null(ledger.TryLease(CrashLedger.Id(0)));
            using var other = ledger.TryLease(CrashLedger.Id(1));
            Assert.NotNull(other);
            await ledger.SaveChannelAsync(other, default, CrashLedger.Terms(1), 0, TokenAmount.MaxValue, Cancelled);
            Assert.Equal(RecordOutcome.Stored, await ledger.RecordVoucherAsync(other, CrashLedger.Voucher(1, 1), null, Cancelled));

            await KillAsync(child);
            using var lease = ledger.TryLease(CrashLedger.Id(0));
            Assert.NotNull(lease);
        }
    }

    private async Task RunAndKillAsync(string mode, int vouchers)
    {
        using var child = LedgerChild.Start(mode, _directory.FullName);
        await UntilAcknowledgedAsync(child, _files.AcknowledgedCount + vouchers);
        await KillAsync(child);
    }

    private async Task UntilAcknowledgedAsync(Process child, long count)
    {
        var waited = Stopwatch.StartNew();
        while (_files.AcknowledgedCount < count)
        {
            if (child.HasExited || waited.Elapsed > Deadline)
            {
                child.Kill();
                Assert.Fail($"The child acknowledged {_files.AcknowledgedCount} of {count} vouchers.\n{await child.StandardOutput.ReadToEndAsync(Cancelled)}");
            }

            await Task.Delay(1, Cancelled);
        }
    }

    private static async Task KillAsync(Process child)
    {
        child.Kill(); // SIGKILL
        await child.WaitForExitAsync(Cancelled);
    }
}
