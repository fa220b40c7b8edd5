using System.Net.Sockets;
using System.Security.Cryptography;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>Asks one UDP tracker (BEP 15).</summary>
internal sealed class UdpTracker(ConnectGuard guard, ListenAddresses listen, TimeProvider time)
{
    private const int MaxPacket = 4096;

    // BEP 15 waits 15 s and doubles eight times, which is over an hour: other trackers are asked meanwhile.
    private static readonly TimeSpan[] Patience = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)];

    /// <exception cref="TrackerException">It did not answer, or refused.</exception>
    public async Task<AnnounceAnswer> AnnounceAsync(Uri tracker, AnnounceRequest request, CancellationToken cancellationToken)
    {
        var endPoint = await GuardedDial.ResolveAsync(guard, tracker.IdnHost, tracker.Port, cancellationToken);
        try
        {
            using var socket = OutgoingSocket.Create(endPoint, SocketType.Dgram, ProtocolType.Udp, listen);
            // A connected socket takes datagrams from this tracker only.
            await socket.ConnectAsync(endPoint, cancellationToken);
            var packet = new byte[UdpAnnounce.AnnounceLength];
            var transaction = NewTransaction();
            UdpAnnounce.WriteConnect(packet, transaction);
            var connected = await AskAsync(socket, packet.AsMemory(0, UdpAnnounce.ConnectLength), transaction, cancellationToken);
            var connection = UdpAnnounce.ReadConnect(connected.Span);
            transaction = NewTransaction();
            UdpAnnounce.WriteAnnounce(packet, connection, transaction, request);
            var announced = await AskAsync(socket, packet, transaction, cancellationToken);
            return UdpAnnounce.ReadAnnounce(announced.Span, endPoint.AddressFamily);
        }
        catch (SocketException failure)
        {
            throw new TrackerException(failure.Message, failure);
        }
    }

    private async Task<ReadOnlyMemory<byte>> AskAsync(
        Socket socket, ReadOnlyMemory<byte> packet, uint transaction, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxPacket];
        foreach (var patience in Patience)
        {
            await socket.SendAsync(packet, cancellationToken);
            using var timeout = new CancellationTokenSource(patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            try
            {
                while (true)
                {
                    var length = await socket.ReceiveAsync(buffer, either.Token);
                    if (UdpAnnounce.Answers(buffer.AsSpan(0, length), transaction))
                    {
                        return buffer.AsMemory(0, length);
                    }
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Lost on the way, perhaps: once more.
            }
        }
        throw new TrackerException("the tracker does not answer");
    }

    private static uint NewTransaction() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
}
