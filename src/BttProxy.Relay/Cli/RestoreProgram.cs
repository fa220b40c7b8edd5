using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Backup;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Cli;

/// <summary>Restores vouchers: reads the copies, asks the chain, changes the ledger, says what came of it.</summary>
internal sealed class RestoreProgram(TextWriter output, TextWriter error, TimeProvider time)
{
    private const int Success = 0;
    private const int NothingRead = 3;

    /// <exception cref="RelayConfigurationException">Keys, network or places are missing.</exception>
    public async Task<int> RunAsync(RelayOptions options, RestoreArguments arguments, CancellationToken cancellationToken)
    {
        var network = NetworkFile.Load(options.NetworkFile);
        var state = StateDirectory.Open(options);
        using var authorizer = RelayKeys.LoadAuthorizer(state);
        using var keys = BackupKeys.Derive(authorizer, network.Domain);
        var (fromDht, directories) = Places(options.Backup, arguments);
        var copies = await new BackupReader(network, options.Dht, keys, time).ReadAsync(fromDht, directories, cancellationToken);
        foreach (var problem in copies.SelectMany(copy => copy.Problems))
        {
            await error.WriteLineAsync(problem);
        }

        if (copies.All(copy => copy.Entries.IsEmpty && copy.Problems.Length > 0))
        {
            return NothingRead;
        }

        var rules = new RestoreRules(network.Domain, network.Token, PayeeOf(options, authorizer), authorizer.Address);
        using var chain = ChainConnection.Open(options.Chain, network, authorizer, time);
        await using var ledger = await OpenLedgerAsync(state.PathOf("ledger.db"), arguments.DryRun, cancellationToken);
        var report = await new VoucherRestore(rules, chain, ledger)
            .RunAsync(copies.SelectMany(copy => copy.Entries), arguments.DryRun, cancellationToken);
        await output.WriteAsync(arguments.Json ? RestoreText.Json(report, copies, arguments.DryRun) : RestoreText.Lines(report, arguments.DryRun));
        await output.FlushAsync(cancellationToken);
        return Success;
    }

    private static (bool FromDht, IReadOnlyList<string> Directories) Places(BackupOptions configured, RestoreArguments arguments) => arguments switch
    {
        { FromDht: false, From.Count: 0 } when configured is { Dht: false, Directory: null } => throw new RelayConfigurationException(
            "Restore from where? Give --from DIR or --from-dht, or set Backup.Directory or Backup.Dht."),
        { FromDht: false, From.Count: 0 } => (configured.Dht, configured.Directory is { } directory ? [directory] : []),
        _ => (arguments.FromDht, arguments.From),
    };

    internal static TronAddress PayeeOf(RelayOptions options, Secp256k1Key authorizer) =>
        options.Offer.Payee is not { } named ? authorizer.Address
            : TronAddress.TryParse(named, out var payee) ? payee
            : throw new RelayConfigurationException($"Offer.Payee '{named}' is not a TRON address (34 characters beginning with T).");

    // A dry run makes no ledger where there is none.
    private async Task<RelayLedger?> OpenLedgerAsync(string path, bool dryRun, CancellationToken cancellationToken) =>
        dryRun && !File.Exists(path) ? null : await RelayLedger.OpenAsync(path, time, null, cancellationToken);
}
