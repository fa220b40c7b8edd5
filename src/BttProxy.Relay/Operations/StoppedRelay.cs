using BttProxy.Ledger.Earnings;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Pricing;
using BttProxy.Tron;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.Relay.Operations;

/// <summary>
/// The books of a relay that does not run, held so that none can start meanwhile, with the same settlement over them. Keys and chain are
/// needed by claims only.
/// </summary>
internal sealed class StoppedRelay : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private StoppedRelay(ServiceProvider services) => _services = services;

    public IRelayOperations Operations => _services.GetRequiredService<RelayOperations>();

    /// <exception cref="OperationException">No relay has ever run there.</exception>
    /// <exception cref="Ledger.LedgerException">The ledger cannot be used, or a relay holds it.</exception>
    public static async Task<StoppedRelay> OpenAsync(
        RelayOptions options, StateDirectory state, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = state.PathOf(RelayRoles.LedgerFile);
        if (!File.Exists(path))
        {
            throw new OperationException(
                $"No relay has run with '{options.StateDirectory}': there is no ledger. Name its directory with --state.", RelayExitCode.BadConfiguration);
        }

        var ledger = await RelayLedger.OpenAsync(path, time, null, cancellationToken);
        return new StoppedRelay(Services(options, state, ledger, time).BuildServiceProvider());
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static ServiceCollection Services(RelayOptions options, StateDirectory state, RelayLedger ledger, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<RelayMetrics>();
        services.AddSingleton(new RunningParts());
        // By a factory, so that it is closed with the rest.
        services.AddSingleton(_ => ledger);
        services.AddSingleton(_ => Keys(state));
        services.AddSingleton(provider => Chain(options, provider.GetRequiredService<RelayKeys>(), time));
        services.AddBooks(options, new CurrentOffer(options.Offer, time), time);
        return services;
    }

    private static IChannelChain Chain(RelayOptions options, RelayKeys keys, TimeProvider time)
    {
        var network = NetworkFile.Load(options.NetworkFile);
        var problems = RelayOptionsValidator.Problems(options);
        return problems.Count == 0
            ? ChainConnection.Open(options.Chain, network, keys.Authorizer, time)
            : throw new RelayConfigurationException(problems);
    }

    private static RelayKeys Keys(StateDirectory state) => state.TryReadSecret(RelayKeys.PayeeKeyFile) is not null
        ? RelayKeys.LoadOrCreate(state)
        : throw new OperationException($"The key '{state.PathOf(RelayKeys.PayeeKeyFile)}' is missing: restore it from a backup.", RelayExitCode.BadConfiguration);
}
