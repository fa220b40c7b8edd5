using System.Collections.Immutable;
using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Backup.Archive;

/// <summary>
/// Puts an archive back. Keys that differ are never written over. Where there is no ledger the copy becomes it; where there is one, the
/// copy's vouchers are merged into it as those of any other backup, after asking the chain: nothing is ever lowered.
/// </summary>
internal sealed class ArchiveRestore(RelayOptions options, TimeProvider time)
{
    /// <exception cref="BackupException">It cannot be used here; nothing was changed.</exception>
    /// <exception cref="Ledger.LedgerException">A relay runs, or the ledger cannot be used.</exception>
    /// <exception cref="Tron.ChainException">The chain cannot be asked; keys are in place, the ledger is as it was.</exception>
    public async Task<ArchiveRestoreReport> RunAsync(string file, string passphrase, CancellationToken cancellationToken)
    {
        var state = StateDirectory.Open(options);
        var path = state.PathOf(RelayRoles.LedgerFile);
        using var scratch = ScratchDirectory.Create(Path.GetDirectoryName(path));
        var contents = RelayArchive.Open(file, passphrase, scratch);
        var missing = MissingKeys(state, contents);
        await using (await RelayLedger.OpenAsync(contents.Ledger, time, null, cancellationToken))
        {
            // Of this program's kind and version, or brought to it.
        }

        // Held from here on, so that no relay starts meanwhile; without a ledger none can have.
        await using var present = File.Exists(path) ? await RelayLedger.OpenAsync(path, time, null, cancellationToken) : null;
        foreach (var name in missing)
        {
            state.WriteSecret(name, contents.Keys[name]);
        }

        if (present is not null)
        {
            return new ArchiveRestoreReport(contents.MadeAt, missing, false, await MergeAsync(state, contents, present, cancellationToken));
        }

        File.Move(contents.Ledger, path, overwrite: false);
        return new ArchiveRestoreReport(contents.MadeAt, missing, true, null);
    }

    private static ImmutableArray<string> MissingKeys(StateDirectory state, ArchiveContents contents)
    {
        var present = RelayArchive.KeyFiles.ToDictionary(static name => name, state.TryReadSecret);
        if (contents.Keys.Keys.FirstOrDefault(name => present[name] is { } other && !other.AsSpan().SequenceEqual(contents.Keys[name])) is { } differs)
        {
            throw new BackupException(
                $"The backup's {differs} is not the one in '{state.PathOf(differs)}', which is never written over: name another --state, or move that one to a safe place first.");
        }

        return present[RelayKeys.PayeeKeyFile] is not null || contents.Keys.ContainsKey(RelayKeys.PayeeKeyFile)
            ? [.. contents.Keys.Keys.Where(name => present[name] is null)]
            : throw new BackupException(
                $"The backup was made without keys, and there is no '{state.PathOf(RelayKeys.PayeeKeyFile)}': put the one that was kept elsewhere there first.");
    }

    private async Task<RestoreReport> MergeAsync(
        StateDirectory state, ArchiveContents contents, RelayLedger present, CancellationToken cancellationToken)
    {
        List<UnclaimedVoucher> vouchers;
        await using (var copy = await RelayLedger.OpenAsync(contents.Ledger, time, null, cancellationToken))
        {
            vouchers = await copy.UnclaimedVouchersAsync(cancellationToken);
        }

        var network = NetworkFile.Load(options.NetworkFile);
        using var authorizer = RelayKeys.LoadAuthorizer(state);
        using var chain = ChainConnection.Open(options.Chain, network, authorizer, time);
        var rules = new RestoreRules(network.Domain, network.Token, RestoreProgram.PayeeOf(options, authorizer), authorizer.Address);
        return await new VoucherRestore(rules, chain, present)
            .RunAsync(vouchers.Select(static voucher => new BackupEntry(voucher.Terms, voucher.Voucher)), dryRun: false, cancellationToken);
    }
}
