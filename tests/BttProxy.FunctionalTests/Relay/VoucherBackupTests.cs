using System.Text.Json;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

public sealed class VoucherBackupTests : IAsyncLifetime
{
    private MarketWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await MarketWorld.StartAsync(1 << 20, Token);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LostMachine_IsRestoredFromItsKeyAloneAndPaidInFull(bool inDht)
    {
        await using var trial = new BackupTrial(_world, inDht);
        await trial.SellAndDieAsync(Token);
        await trial.MoveToNewMachineAsync("new machine", Token);

        var trialRun = await trial.RestoreAsync(Token, "--dry-run");
        Assert.Equal((0, ""), (trialRun.Exit, trialRun.Error));
        Assert.Contains($"Would restore 1 vouchers worth {trial.Owed.ToBtt()}", trialRun.Output, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(trial.State, BackupTrial.PayeeKey)], Directory.GetFiles(trial.State));

        var restored = await RestoreAsync(trial);
        Assert.Equal((1, trial.Owed.ToString()), (restored.GetProperty("restored").GetInt32(), restored.GetProperty("value").GetString()));
        Assert.Equal("alreadyHeld", Verdict(await RestoreAsync(trial)));

        await using var relay = await _world.StartRelayAsync(trial.Options(), Token);
        await ClaimAsync(relay);
        await WaitForBalanceAsync(relay.Payee, trial.Owed);
    }

    /// <summary>Payments B8, attack 24, the relay's side: an older snapshot never lowers what is kept, and is never paid twice.</summary>
    [Fact]
    public async Task OlderSnapshotRestored_NeverLowersTheBackupAndIsPaidOnce()
    {
        await using var trial = new BackupTrial(_world, inDht: false);
        await trial.SellAndDieAsync(Token);
        var first = trial.Owed;
        var snapshot = Directory.GetFiles(trial.State, "ledger.db*").ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        var firstBackup = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(trial.BackupDirectory)), Token);
        await trial.SellAndDieAsync(Token);
        Assert.True(trial.Owed > first);

        foreach (var file in Directory.GetFiles(trial.State, "ledger.db*"))
        {
            File.Delete(file);
        }

        foreach (var (name, content) in snapshot)
        {
            await File.WriteAllBytesAsync(Path.Combine(trial.State, name), content, Token);
        }

        // The relay runs on the old snapshot, claims what that knows, backs up, and stops.
        await using (var relay = await _world.StartRelayAsync(trial.Options(), Token))
        {
            await ClaimAsync(relay);
            await WaitForBalanceAsync(relay.Payee, first);
        }

        Assert.Equal(trial.Owed, await trial.BackedUpAsync(Token));
        var restored = await RestoreAsync(trial);
        Assert.Equal((trial.Owed - first).ToString(), restored.GetProperty("value").GetString());

        await using (var relay = await _world.StartRelayAsync(trial.Options(), Token))
        {
            await ClaimAsync(relay);
            await WaitForBalanceAsync(relay.Payee, trial.Owed);
            Assert.Equal(TokenAmount.Zero, (await relay.ReadBooksAsync(Token)).Unclaimed);
        }

        // An old backup, put back where there is no ledger: the chain has paid it.
        await File.WriteAllBytesAsync(Assert.Single(Directory.GetFiles(trial.BackupDirectory)), firstBackup, Token);
        await trial.MoveToNewMachineAsync("third machine", Token);
        Assert.Equal("alreadyClaimed", Verdict(await RestoreAsync(trial)));
    }

    [Fact]
    public async Task WithoutTheKey_NothingIsReadAndNoKeyIsMade()
    {
        await using var trial = new BackupTrial(_world, inDht: false) { State = Path.Combine(_world.Directory, "empty") };

        var (exit, _, error) = await trial.RestoreAsync(Token);

        Assert.Equal(2, exit);
        Assert.Contains("put the one that was kept elsewhere there first", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(trial.State));
    }

    [Fact]
    public async Task NoBackupThere_IsAnErrorThatSaysSo()
    {
        await using var trial = new BackupTrial(_world, inDht: false) { State = Directory.CreateDirectory(Path.Combine(_world.Directory, "new")).FullName };
        await File.WriteAllBytesAsync(Path.Combine(trial.State, BackupTrial.PayeeKey), [.. Enumerable.Repeat((byte)7, 32)], Token);

        var (exit, _, error) = await trial.RestoreAsync(Token);

        Assert.Equal(3, exit);
        Assert.Contains("there is no backup of this payee-key for this network", error, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> RestoreAsync(BackupTrial trial)
    {
        var (exit, output, error) = await trial.RestoreAsync(Token, "--json");
        Assert.Equal((0, ""), (exit, error));
        return JsonDocument.Parse(output).RootElement;
    }

    private static string? Verdict(JsonElement report) => Assert.Single(report.GetProperty("vouchers").EnumerateArray()).GetProperty("verdict").GetString();

    private static async Task ClaimAsync(BttProxy.Relay.Hosting.RelayHost relay) => Assert.True(await relay.ClaimAsync(Token));

    private Task WaitForBalanceAsync(Protocol.Keys.TronAddress payee, TokenAmount expected) =>
        Eventually.IsTrueAsync(async () => await _world.Chain.BalanceAsync(payee, Token) == expected);
}
