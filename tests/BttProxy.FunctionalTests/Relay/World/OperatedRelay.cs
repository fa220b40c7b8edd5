using System.Net;
using BttProxy.FunctionalTests.Processes;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Hosting;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>A relay that has been paid and claims nothing unasked, running or stopped, and its operator's command line.</summary>
internal sealed class OperatedRelay : IAsyncDisposable
{
    public const int Bytes = 200_000;

    public static readonly TokenAmount Reserve = new(100_000_000_000);

    private readonly MarketWorld _world;
    private readonly RelayHost _host;
    private readonly string[] _options;

    private OperatedRelay(MarketWorld world, RelayHost host, RelayCustomer customer, string[] options)
    {
        (_world, _host, Customer, _options) = (world, host, customer, options);
        (RelayId, Payee, PublicEndPoint) = (host.RelayId, host.Payee, host.PublicEndPoint);
        Owed = customer.Account.CumulativeFor(new ByteCount(Bytes));
    }

    public RelayCustomer Customer { get; }

    public string State => _options[^1];

    public RelayId RelayId { get; }

    public IPEndPoint PublicEndPoint { get; }

    public TronAddress Payee { get; }

    /// <summary>By the best voucher.</summary>
    public TokenAmount Owed { get; }

    public string ChannelName => Customer.ChannelId.ToString()[..12];

    public Task<TokenAmount> BalanceAsync(CancellationToken cancellationToken) => _world.Chain.BalanceAsync(Payee, cancellationToken);

    public static async Task<OperatedRelay> StartAsync(MarketWorld world, string name, bool running, CancellationToken cancellationToken)
    {
        var network = Path.Combine(world.Directory, "network.json");
        await File.WriteAllBytesAsync(network, world.Network.ToJson(), cancellationToken);
        var options = world.RelayOptions(name);
        options.Settlement.ClaimOnSessionClose = false;
        var host = await world.StartRelayAsync(options, cancellationToken);
        var customer = await RelayCustomer.CreateAsync(world, host.Record, Reserve, cancellationToken);
        do
        {
            Check(SessionRejection.Accepted, await customer.AskAsync(Reserve, cancellationToken));
            await Task.Delay(customer.Pending is null ? TimeSpan.Zero : RelayCustomer.AskPause, cancellationToken);
        }
        while (customer.Pending is not null);

        await customer.ReadAsync(world.InfoHash, 0, Bytes, payEvery: 0, cancellationToken);
        Check(VoucherRejection.Accepted, (await customer.PayAsync(customer.VoucherFor(Bytes), cancellationToken)).Code);
        var relay = new OperatedRelay(world, host, customer, ["--network", network, "--state", options.StateDirectory]);
        if (!running)
        {
            await relay._host.DisposeAsync();
        }

        return relay;
    }

    public ValueTask StopAsync() => _host.DisposeAsync();

    /// <summary>For a command that does not end by itself.</summary>
    public ChildProgram Start(params string[] command) => ChildProgram.Start(OperatorRun.Program, [.. command, .. _options]);

    public Task<OperatorRun> RunAsync(CancellationToken cancellationToken, params string[] command) =>
        OperatorRun.RunAsync(cancellationToken, [.. command, .. _options]);

    public async ValueTask DisposeAsync()
    {
        Customer.Dispose();
        await _host.DisposeAsync();
    }

    private static void Check<T>(T expected, T answer)
        where T : struct, Enum
    {
        if (!answer.Equals(expected))
        {
            throw new InvalidOperationException($"The relay refused an honest customer: {answer}.");
        }
    }
}
