using System.Security.Cryptography;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

/// <summary>Backups of a real ledger into a real directory.</summary>
public sealed class VoucherBackupTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("bttproxy-backup-");
    private readonly FakeTimeProvider _time = new();
    private readonly BackupKeys _keys;

    public VoucherBackupTests()
    {
        using var key = Secp256k1Key.FromBytes(SHA256.HashData("relay"u8));
        _keys = BackupKeys.Derive(key, Domain);
        _root.CreateSubdirectory("backup");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string BackupDirectory => Path.Join(_root.FullName, "backup");

    public void Dispose()
    {
        _keys.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task UnclaimedVouchers_AreThere()
    {
        await using var ledger = await LedgerAsync("one", Entry(1, 5), Entry(2, 6));

        var outcome = await BackUpAsync(ledger);

        Assert.Equal(Best([Entry(1, 5), Entry(2, 6)]), Best(outcome.Stored));
        Assert.Equal(Best([Entry(1, 5), Entry(2, 6)]), Best((await Target().ReadAsync(Token)).Entries));
    }

    [Fact]
    public async Task ClaimUnderWay_DoesNotTakeAVoucherOut()
    {
        await using var ledger = await LedgerAsync("one", Entry(1, 5));
        await ledger.QueueClaimsAsync([Entry(1, 5).Id], Token);

        Assert.Equal([Entry(1, 5)], (await BackUpAsync(ledger)).Stored);
    }

    /// <summary>lnd #4377: a node that starts with nothing must not write that over its backup.</summary>
    [Fact]
    public async Task EmptyLedger_DoesNotWipeTheBackup()
    {
        await using (var ledger = await LedgerAsync("lost", Entry(1, 5), Entry(2, 6)))
        {
            await BackUpAsync(ledger);
        }

        await using var empty = await LedgerAsync("empty");
        var outcome = await BackUpAsync(empty);

        Assert.Equal(2, outcome.Ahead.Length);
        Assert.Equal(Best([Entry(1, 5), Entry(2, 6)]), Best((await Target().ReadAsync(Token)).Entries));
    }

    [Fact]
    public async Task LedgerOfAnEarlierDay_DoesNotLowerTheBackup()
    {
        await using (var ledger = await LedgerAsync("newest", Entry(1, 50), Entry(2, 6)))
        {
            await BackUpAsync(ledger);
        }

        await using var earlier = await LedgerAsync("earlier", Entry(1, 20), Entry(3, 7));
        var outcome = await BackUpAsync(earlier);

        Assert.Equal(Best([Entry(1, 50), Entry(2, 6)]), Best(outcome.Ahead));
        Assert.Equal(Best([Entry(1, 50), Entry(2, 6), Entry(3, 7)]), Best((await Target().ReadAsync(Token)).Entries));
    }

    [Fact]
    public async Task OldBackupPutBack_IsRaisedAgain()
    {
        await using var ledger = await LedgerAsync("one", Entry(1, 5));
        await BackUpAsync(ledger);
        var file = Assert.Single(Directory.GetFiles(BackupDirectory));
        var old = await File.ReadAllBytesAsync(file, Token);
        await ledger.EarnAsync(Entry(1, 9), Token);
        await BackUpAsync(ledger);

        await File.WriteAllBytesAsync(file, old, Token);
        await BackUpAsync(ledger);

        Assert.Equal([Entry(1, 9)], (await Target().ReadAsync(Token)).Entries);
    }

    [Fact]
    public async Task ClaimedVoucher_IsTakenOut()
    {
        await using var ledger = await LedgerAsync("one", Entry(1, 5), Entry(2, 6));
        await BackUpAsync(ledger);
        await ledger.SaveChannelAsync(Entry(1, 5).Id, Terms(1), new OnChainState(0, new TokenAmount(1000), new TokenAmount(5)), Token);

        Assert.Equal([Entry(2, 6)], (await BackUpAsync(ledger)).Stored);
        Assert.Equal([Entry(2, 6)], (await Target().ReadAsync(Token)).Entries);
    }

    [Fact]
    public async Task ClosedEpoch_IsTakenOut()
    {
        await using var ledger = await LedgerAsync("one", Entry(1, 5));
        await BackUpAsync(ledger);
        var closing = new ChannelClosing(Entry(1, 5).Id, 0, new TokenAmount(5), default, default, default);
        await ledger.BeginClosingAsync(closing, Token);
        await ledger.EndClosingAsync(closing, isDone: true, Token);

        Assert.Empty((await BackUpAsync(ledger)).Stored);
    }

    [Fact]
    public async Task UnreadablePage_IsKeptAndTheRestGoesOn()
    {
        await using var ledger = await LedgerAsync("one", Entry(1, 5));
        await BackUpAsync(ledger);
        var file = Assert.Single(Directory.GetFiles(BackupDirectory));
        var damaged = RandomNumberGenerator.GetBytes(996);
        await File.WriteAllBytesAsync(file, damaged, Token);

        var outcome = await BackUpAsync(ledger);

        Assert.Equal(1, outcome.Unreadable);
        Assert.Equal([Entry(1, 5)], outcome.Stored);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(file, Token));
        Assert.Equal([Entry(1, 5)], (await Target().ReadAsync(Token)).Entries);
    }

    [Fact]
    public async Task NothingNew_IsNotWrittenAgain()
    {
        await using var ledger = await LedgerAsync("one", Entry(1, 5));
        await BackUpAsync(ledger);
        var before = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(BackupDirectory)), Token);
        await BackUpAsync(ledger);

        Assert.Equal(before, await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(BackupDirectory)), Token));
    }

    private DirectoryTarget Target() => new(BackupDirectory, _keys, _time);

    private Task<VoucherBackup.Outcome> BackUpAsync(RelayLedger ledger) =>
        new VoucherBackup(ledger, TokenAmount.Zero).RunAsync(Target(), refresh: true, Token);

    private async Task<RelayLedger> LedgerAsync(string name, params BackupEntry[] earned)
    {
        var ledger = await OpenLedgerAsync(Path.Join(_root.FullName, name), _time, Token);
        foreach (var entry in earned)
        {
            await ledger.EarnAsync(entry, Token);
        }

        return ledger;
    }
}
