using System.Net;
using BttProxy.Devnet.Chain.Node.JsonRpc;
using BttProxy.Tron;
using BttProxy.Tron.Node;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>A chain behind TRON's gRPC services and JSON-RPC, for loopback and closed test networks. Several hosts may stand before one chain.</summary>
internal sealed partial class NodeHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly CancellationTokenSource _stopping = new();
    private Task _blocks = Task.CompletedTask;

    private NodeHost(WebApplication application, NodeFront front) => (_application, Front) = (application, front);

    public NodeFront Front { get; }

    /// <summary>Where gRPC is spoken.</summary>
    public Uri Url => new(Addresses.First());

    /// <summary>Where JSON-RPC is spoken: on a port of its own, as java-tron does it.</summary>
    public Uri JsonRpcUrl => new(new Uri(Addresses.Last()), JsonRpcEndpoint.Path);

    public TronEndpoint Endpoint => new(Url, Url);

    /// <param name="chain">Belongs to the caller.</param>
    /// <param name="options">The chain's.</param>
    /// <param name="listen">Port 0 for any free one.</param>
    /// <param name="time">The blocks' clock.</param>
    /// <param name="loggerFactory">Belongs to the caller.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ChainException">The port is taken.</exception>
    public static async Task<NodeHost> StartAsync(
        TronChain chain, NodeOptions options, IPEndPoint listen, TimeProvider time, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var front = new NodeFront(chain);
        var host = new NodeHost(Build(front, listen, loggerFactory), front);
        try
        {
            await host._application.StartAsync(cancellationToken);
            host._blocks = options.IsOnDemand ? Task.CompletedTask : host.MakeBlocksAsync(options.BlockTime, time, loggerFactory.CreateLogger<NodeHost>());
            return host;
        }
        catch (IOException exception)
        {
            await host.DisposeAsync();
            throw new ChainException(
                $"The TRON node cannot listen on {listen}: choose another port or address. ({exception.Message})", isTransient: false, exception);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _blocks.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        _stopping.Dispose();
    }

    // In the order in which they were bound.
    private ICollection<string> Addresses => _application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;

    private static WebApplication Build(NodeFront front, IPEndPoint listen, ILoggerFactory loggerFactory)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddSingleton(front);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(listen, static address => address.Protocols = HttpProtocols.Http2);
            kestrel.Listen(new IPEndPoint(listen.Address, 0), static address => address.Protocols = HttpProtocols.Http1);
        });
        var application = builder.Build();
        application.MapGrpcService<WalletService>();
        application.MapGrpcService<WalletSolidityService>();
        application.MapPost(JsonRpcEndpoint.Path, JsonRpcEndpoint.AnswerAsync);
        return application;
    }

    // Blocks that are due are made when anybody asks; nobody may ask for long, and a transaction should be on disk.
    private async Task MakeBlocksAsync(TimeSpan blockTime, TimeProvider time, ILogger logger)
    {
        using var timer = new PeriodicTimer(blockTime, time);
        while (await timer.WaitForNextTickAsync(_stopping.Token))
        {
            try
            {
                await Front.Chain.CatchUpAsync(_stopping.Token);
            }
            catch (ChainException exception)
            {
                LogStuck(logger, exception.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No block can be made: {Reason}")]
    private static partial void LogStuck(ILogger logger, string reason);
}
