using System.Net;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace BttProxy.Devnet.Chain;

/// <summary>The embedded ledger as an HTTP server, for loopback and closed test networks: its faucet gives to everybody.</summary>
public sealed class ChainHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ChainHost(WebApplication application, LedgerChain chain)
    {
        _application = application;
        Chain = chain;
    }

    public LedgerChain Chain { get; }

    /// <summary>What <c>chain.url</c> of the network description says.</summary>
    public Uri Url => new(_application.Services.GetRequiredService<IServer>()
        .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    /// <param name="directory">Where the journal lies.</param>
    /// <param name="listen">Port 0 for any free one.</param>
    /// <param name="time">The blocks' clock.</param>
    /// <param name="loggerFactory">Belongs to the caller.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ChainException">The journal cannot be used, or the port is taken.</exception>
    public static async Task<ChainHost> StartAsync(
        string directory, IPEndPoint listen, TimeProvider time, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var chain = await LedgerChain.OpenAsync(directory, time, cancellationToken);
        var host = new ChainHost(Build(chain, listen, loggerFactory), chain);
        try
        {
            await host._application.StartAsync(cancellationToken);
            return host;
        }
        catch (IOException exception)
        {
            await host.DisposeAsync();
            throw new ChainException(
                $"The ledger cannot listen on {listen}: choose another port or address. ({exception.Message})", isTransient: false, exception);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        Chain.Dispose();
    }

    private static WebApplication Build(LedgerChain chain, IPEndPoint listen, ILoggerFactory loggerFactory)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(loggerFactory);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LedgerJson.MaxLength;
            kestrel.Listen(listen);
        });
        var application = builder.Build();
        application.MapChain(chain, loggerFactory.CreateLogger<ChainHost>());
        return application;
    }
}
