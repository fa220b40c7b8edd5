using System.Net;
using System.Net.Sockets;
using BttProxy.Relay.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace BttProxy.Relay.Hosting;

/// <summary>Starting listeners with errors that an operator understands.</summary>
internal static class Listening
{
    /// <exception cref="RelayConfigurationException">The port is in use or not allowed.</exception>
    public static async Task TryAsync(string option, IPEndPoint endPoint, Func<Task> start)
    {
        try
        {
            await start();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            var socket = e as SocketException ?? Innermost(e) as SocketException;
            var reason = socket?.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "the port is in use; stop the other program or choose another port",
                SocketError.AccessDenied => "this user may not listen there; choose a port above 1023 or grant the right",
                SocketError.AddressNotAvailable => "this machine does not have the address",
                _ => e.Message,
            };
            throw new RelayConfigurationException($"{option} {endPoint} cannot be used: {reason}.", e);
        }
    }

    public static IPEndPoint EndPointOf(WebApplication application)
    {
        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        var url = new Uri(addresses.Addresses.First());
        return new IPEndPoint(IPAddress.Parse(url.Host.Trim('[', ']')), url.Port);
    }

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e;
    }
}
