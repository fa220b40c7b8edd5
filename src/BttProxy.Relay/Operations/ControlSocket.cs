using System.Net;
using System.Net.Sockets;
using BttProxy.Relay.Cli;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace BttProxy.Relay.Operations;

/// <summary>
/// The operator's door into a running relay: a Unix socket that only the relay's own user can open, one POST with a JSON object for each
/// command. It only carries <see cref="RelayOperations"/>.
/// </summary>
internal static class ControlSocket
{
    /// <summary>Of a relay, or of its gateway.</summary>
    public const string Name = "control.sock";

    /// <summary>Of a settler whose gateway is another process: for when that one does not run.</summary>
    public const string SettlerName = "settler.sock";

    // A thousand channel ids, or ten thousand claims.
    private const int MaxRequestBytes = 128 * 1024;
    private const int MaxConnections = 16;
    private const int Backlog = 16;

    public static WebApplication Build(string path, IRelayOperations operations, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.Backlog = Backlog;
            sockets.CreateBoundListenSocket = Bind;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        Map<StatusQuery, StatusReport>(app, ControlPaths.Status, operations.StatusAsync);
        Map<SessionsQuery, SessionsReport>(app, ControlPaths.Sessions, operations.SessionsAsync);
        Map<TorrentsQuery, TorrentsReport>(app, ControlPaths.Torrents, operations.TorrentsAsync);
        Map<EarningsQuery, EarningsReport>(app, ControlPaths.Earnings, operations.EarningsAsync);
        Map<ChannelsQuery, ChannelsReport>(app, ControlPaths.Channels, operations.ChannelsAsync);
        Map<ClaimOrder, ClaimPreview>(app, ControlPaths.Preview, operations.PreviewClaimAsync);
        Map<ClaimOrder, ClaimProgress>(app, ControlPaths.Claim, operations.ClaimAsync);
        Map<ClaimFollowUp, ClaimProgress>(app, ControlPaths.Follow, operations.FollowClaimsAsync);
        Map<CloseOrder, SaleEnd>(app, ControlPaths.Close, operations.CloseAsync);
        return app;
    }

    // Closed to others between binding and listening, so that there is no moment in which they could connect.
    private static Socket Bind(EndPoint endPoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (endPoint is UnixDomainSocketEndPoint && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(endPoint.ToString()!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return socket;
    }

    private static void Map<TRequest, TAnswer>(WebApplication app, string path, Func<TRequest, CancellationToken, Task<TAnswer>> run)
        where TRequest : class =>
        app.MapPost(path, async context =>
        {
            try
            {
                var request = await context.Request.ReadFromJsonAsync<TRequest>(OperationsJson.Format, context.RequestAborted)
                    ?? throw new OperationException("The request is empty.", RelayExitCode.BadConfiguration);
                await WriteAsync(context, StatusCodes.Status200OK, await run(request, context.RequestAborted));
            }
            catch (Exception e) when (ControlProblem.Of(e) is { } problem)
            {
                await WriteAsync(context, StatusCodes.Status422UnprocessableEntity, problem);
            }
        });

    private static Task WriteAsync<T>(HttpContext context, int status, T value)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, OperationsJson.Format, CancellationToken.None);
    }
}
