using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Transport.Utp;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>Opens uTP at the UDP port of the number at which TCP listens: on a socket of its own, or on that of the DHT where it has the port.</summary>
internal static partial class UtpPort
{
    /// <param name="context">Where the endpoint is noted, and what owns its loops.</param>
    /// <param name="listen">Where TCP listens.</param>
    /// <param name="dht">The node beside us.</param>
    /// <param name="accepted">Takes what is opened to us.</param>
    /// <exception cref="SocketException">The port is in use, and there is nothing but uTP.</exception>
    public static void Open(SwarmContext context, IPEndPoint listen, DhtNode? dht, Action<Stream, IPEndPoint> accepted)
    {
        var limits = new UtpOptions
        {
            MaxConnections = context.Options.MaxConnections,
            MaxIncomingPerAddress = context.Options.MaxIncomingPerAddress,
        };
        UtpEndpoint OpenOn(UtpSocket socket) =>
            new(socket, limits, context.Options.ConnectGuard, context.TimeProvider, accepted, context.Logger);
        try
        {
            var shared = dht?.FindSocket(listen);
            var utp = shared is null ? OpenOn(new UtpSocket(listen)) : shared.Share(OpenOn);
            context.Utp.Add(utp);
            context.Tasks.Run(utp.TickAsync);
            if (shared is null)
            {
                context.Tasks.Run(utp.ReceiveAsync);
            }
        }
        catch (SocketException exception) when (context.Options.Transports != PeerTransports.Utp)
        {
            LogUtpOff(context.Logger, listen, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "uTP is off, for UDP {EndPoint} cannot be opened: {Error}. Free the port or choose another")]
    private static partial void LogUtpOff(ILogger logger, IPEndPoint endPoint, string error);
}
