using System.Net;
using System.Net.Sockets;

namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>The UDP socket under all connections of an endpoint; sends many datagrams with one system call where the system can.</summary>
internal sealed class UtpSocket : IDisposable
{
    /// <summary>Bytes that one <see cref="Send"/> takes: full datagrams, and a last one that may be shorter.</summary>
    public const int MaxBatch = 45 * UtpLimits.MaxDatagram;

    // A window of each of some connections, where the system allows it; what does not fit is lost and sent again.
    private const int BufferBytes = 4 << 20;

    // linux/udp.h: level SOL_UDP, option UDP_SEGMENT.
    private const int UdpLevel = 17;
    private const int SegmentOption = 103;

    private readonly Socket _socket;
    private readonly Action? _endSharing;
    private volatile bool _sendsSegments;

    /// <summary>On a socket of somebody else, who receives for us too.</summary>
    public UtpSocket(Socket shared, Action endSharing)
    {
        _socket = shared;
        _endSharing = endSharing;
        Prepare();
    }

    /// <exception cref="SocketException">The port is in use or not allowed.</exception>
    public UtpSocket(IPEndPoint endPoint)
    {
        _socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Prepare();
            _socket.Bind(endPoint);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, SocketAddress from, CancellationToken cancellationToken) =>
        _socket.ReceiveFromAsync(buffer, SocketFlags.None, from, cancellationToken);

    /// <summary>Sends datagrams of <see cref="UtpLimits.MaxDatagram"/> bytes each, the last one perhaps shorter. What fails is lost.</summary>
    public void Send(ReadOnlySpan<byte> datagrams, SocketAddress to)
    {
        if (_sendsSegments || datagrams.Length <= UtpLimits.MaxDatagram)
        {
            if (TrySend(datagrams, to) || datagrams.Length <= UtpLimits.MaxDatagram)
            {
                return;
            }
            // A path or a device that cannot take them together takes them one by one.
            _sendsSegments = false;
        }
        for (; !datagrams.IsEmpty; datagrams = datagrams[Math.Min(datagrams.Length, UtpLimits.MaxDatagram)..])
        {
            TrySend(datagrams[..Math.Min(datagrams.Length, UtpLimits.MaxDatagram)], to);
        }
    }

    public void Dispose()
    {
        if (_endSharing is null)
        {
            _socket.Dispose();
        }
        else
        {
            _endSharing();
        }
    }

    private void Prepare()
    {
        _socket.ReceiveBufferSize = BufferBytes;
        _socket.SendBufferSize = BufferBytes;
        if (_socket.AddressFamily == AddressFamily.InterNetwork)
        {
            _socket.DontFragment = false;
        }
        _sendsSegments = TrySendSegments();
    }

    private bool TrySend(ReadOnlySpan<byte> bytes, SocketAddress to)
    {
        try
        {
            _socket.SendTo(bytes, SocketFlags.None, to);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private bool TrySendSegments()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }
        try
        {
            _socket.SetRawSocketOption(UdpLevel, SegmentOption, BitConverter.GetBytes(UtpLimits.MaxDatagram));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
