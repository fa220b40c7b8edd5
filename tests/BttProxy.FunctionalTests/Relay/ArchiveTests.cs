using System.Text.Json;
using BttProxy.FunctionalTests.Relay.World;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary><c>backup create</c>, <c>verify</c> and <c>restore</c>: a relay in one file, and back.</summary>
public sealed class ArchiveTests : IAsyncLifetime
{
    private MarketWorld _world = null!;
    private string _passphrase = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Archive => Path.Combine(_world.Directory, "relay.backup");

    public async ValueTask InitializeAsync()
    {
        _world = await MarketWorld.StartAsync(1 << 20, Token);
        _passphrase = await _world.PassphraseFileAsync(Token);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task RunningRelayBackedUpAndItsMachineWiped_IsRestoredAndPaidInFull()
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: true, Token);

        var created = await BackupAsync(relay, "create", "--keys");
        Assert.Equal((0, ""), (created.ExitCode, created.Error));
        Assert.Contains($"1 channel, {relay.Owed.ToBtt()} unclaimed, with keys.", created.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(relay.State), static entry => Path.GetFileName(entry).StartsWith(".backup", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Archive));
        }

        Assert.Equal(created.Output, (await BackupAsync(relay, "verify")).Output);
        var found = (await BackupAsync(relay, "verify", "--json")).Json;
        Assert.Equal((1, relay.Owed.ToString(), 4), (found.GetProperty("channels").GetInt32(), found.GetProperty("unclaimed").GetString(), found.GetProperty("keys").GetArrayLength()));
        await relay.StopAsync();
        Directory.Delete(relay.State, recursive: true);

        var restored = await BackupAsync(relay, "restore", "--json");
        Assert.Equal((0, ""), (restored.ExitCode, restored.Error));
        Assert.True(restored.Json.GetProperty("ledgerPlaced").GetBoolean());
        Assert.Equal(found.GetProperty("keys").GetRawText(), JsonSerializer.Serialize(restored.Json.GetProperty("keys").EnumerateArray().Select(static key => key.GetString()!).Order(StringComparer.Ordinal)));
        Assert.Equal(0, (await relay.RunAsync(Token, "claim")).ExitCode);
        Assert.Equal(relay.Owed, await relay.BalanceAsync(Token));
        var options = _world.RelayOptions("relay");
        await using var again = await _world.StartRelayAsync(options, Token);
        Assert.Equal((relay.RelayId, relay.Payee), (again.RelayId, again.Payee));
    }

    [Fact]
    public async Task OlderBackupOverALaterLedger_LowersNothing()
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: true, Token);
        Assert.Equal(0, (await BackupAsync(relay, "create")).ExitCode);
        await relay.Customer.ReadAsync(_world.InfoHash, OperatedRelay.Bytes, OperatedRelay.Bytes, payEvery: 0, Token);
        var later = relay.Customer.VoucherFor(2 * OperatedRelay.Bytes);
        await relay.Customer.PayAsync(later, Token);

        var busy = await BackupAsync(relay, "restore");
        Assert.Equal(3, busy.ExitCode);
        Assert.Contains("stop that one", busy.Problem, StringComparison.Ordinal);
        await relay.StopAsync();

        var restored = await BackupAsync(relay, "restore");

        Assert.Equal(0, restored.ExitCode);
        Assert.Contains("Restored 0 vouchers worth 0 BTT; 1 held already, 0 refused.", restored.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await relay.RunAsync(Token, "claim")).ExitCode);
        Assert.Equal(later.Voucher.Cumulative, await relay.BalanceAsync(Token));
    }

    [Fact]
    public async Task KeysThatDiffer_AreNotWrittenOver()
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: false, Token);
        Assert.Equal(0, (await BackupAsync(relay, "create", "--keys")).ExitCode);
        Directory.Delete(relay.State, recursive: true);
        var other = Path.Combine(Directory.CreateDirectory(relay.State).FullName, "payee-key");
        await File.WriteAllBytesAsync(other, [.. Enumerable.Repeat((byte)7, 32)], Token);

        var refused = await BackupAsync(relay, "restore");

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("never written over", refused.Problem, StringComparison.Ordinal);
        Assert.Equal([other], Directory.EnumerateFileSystemEntries(relay.State));
        Assert.Equal(7, (await File.ReadAllBytesAsync(other, Token))[0]);
    }

    [Fact]
    public async Task BackupWithoutKeys_NeedsThePayeeKey()
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: false, Token);
        Assert.Equal(0, (await BackupAsync(relay, "create")).ExitCode);
        var key = await File.ReadAllBytesAsync(Path.Combine(relay.State, "payee-key"), Token);
        Directory.Delete(relay.State, recursive: true);

        var refused = await BackupAsync(relay, "restore");
        await File.WriteAllBytesAsync(Path.Combine(relay.State, "payee-key"), key, Token);
        var restored = await BackupAsync(relay, "restore");

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("put the one that was kept elsewhere there first", refused.Problem, StringComparison.Ordinal);
        Assert.Equal(0, restored.ExitCode);
        Assert.Equal(0, (await relay.RunAsync(Token, "claim")).ExitCode);
        Assert.Equal(relay.Owed, await relay.BalanceAsync(Token));
    }

    [Fact]
    public async Task WrongPassphraseDamageAndPresentFiles_AreRefused()
    {
        await using var relay = await OperatedRelay.StartAsync(_world, "relay", running: false, Token);
        var weak = await relay.RunAsync(Token, "backup", "create", Archive, "--passphrase-file", await _world.PassphraseFileAsync(Token, "short"));
        Assert.Equal((2, false), (weak.ExitCode, File.Exists(Archive)));
        Assert.Equal(0, (await BackupAsync(relay, "create")).ExitCode);

        var twice = await BackupAsync(relay, "create");
        var wrong = await relay.RunAsync(Token, "backup", "verify", Archive, "--passphrase-file", await _world.PassphraseFileAsync(Token, "another passphrase"));
        var whole = await File.ReadAllBytesAsync(Archive, Token);
        await File.WriteAllBytesAsync(Archive, whole[..^100], Token);
        var cut = await BackupAsync(relay, "verify");
        await File.WriteAllTextAsync(Archive, "something else", Token);
        var other = await BackupAsync(relay, "verify");

        Assert.Contains("is not written over", twice.Problem, StringComparison.Ordinal);
        Assert.Contains("The passphrase is another one", wrong.Problem, StringComparison.Ordinal);
        Assert.Contains("damaged", cut.Problem, StringComparison.Ordinal);
        Assert.Contains("no backup made by", other.Problem, StringComparison.Ordinal);
        Assert.Equal([2, 3, 3, 3], new[] { twice, wrong, cut, other }.Select(static run => run.ExitCode));
    }

    private Task<OperatorRun> BackupAsync(OperatedRelay relay, string command, params string[] words) =>
        relay.RunAsync(Token, ["backup", command, Archive, "--passphrase-file", _passphrase, .. words]);
}
