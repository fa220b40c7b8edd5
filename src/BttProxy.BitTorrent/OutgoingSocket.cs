using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent;

/// <summary>
/// Sockets for dials whose address <see cref="ConnectGuard"/> has allowed. Where one address is named to listen at, dials leave from it too:
/// a host with several then looks like one peer to others, and a tracker names the address that is listened at.
/// </summary>
internal static class OutgoingSocket
{
    public static Socket Create(IPEndPoint target, SocketType type, ProtocolType protocol, ListenAddresses listen)
    {
        var socket = new Socket(target.AddressFamily, type, protocol);
        try
        {
            if (listen.For(target.AddressFamily) is { } own)
            {
                socket.Bind(new IPEndPoint(own, 0));
            }
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
