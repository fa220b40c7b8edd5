using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.WebSeeds;

/// <summary>An HTTP server that counts what it is asked and answers as a test tells it to.</summary>
internal sealed class WebSeedServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _requests;

    private WebSeedServer(WebApplication application) => _application = application;

    /// <summary>Ends with a slash.</summary>
    public string Url { get; private set; } = null!;

    public int Requests => Volatile.Read(ref _requests);

    public static async Task<WebSeedServer> StartAsync(Func<HttpContext, Task> answer, string address = "127.0.14.20")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(address), 0));
        var server = new WebSeedServer(builder.Build());
        server._application.Run(async context =>
        {
            Interlocked.Increment(ref server._requests);
            await answer(context);
        });
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        var listening = server._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Url = listening.Addresses.Single() + "/";
        return server;
    }

    /// <summary>Serves the files below a folder, with ranges.</summary>
    public static Task<WebSeedServer> OfFolderAsync(string folder) => StartAsync(context => SendAsync(context, folder));

    public static Task SendAsync(HttpContext context, string folder)
    {
        var path = Path.Join(folder, context.Request.Path.Value);
        return (File.Exists(path) ? Results.File(path, enableRangeProcessing: true) : Results.NotFound()).ExecuteAsync(context);
    }

    public static (int From, int To) RangeOf(HttpContext context)
    {
        var range = context.Request.GetTypedHeaders().Range!.Ranges.Single();
        return ((int)range.From!, (int)range.To! + 1);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(0);
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }
}
