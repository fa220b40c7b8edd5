using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using BttProxy.BitTorrent.Swarm;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Transport.Utp;

/// <summary>
/// uTP (BEP 29) on one UDP socket: connections that we dial and those that others open. One loop receives for all of them; acks go out and
/// readers wake when no datagram waits any more, so that many packets cost one of each.
/// </summary>
internal sealed partial class UtpEndpoint : IDisposable
{
    private const int MaxBatch = 64;
    private const int ResetsPerSecond = 20;
    private const int AnswersPerSecond = 500;
    private const long MaxReassemblyBytes = 32 << 20;
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<UtpKey, UtpSession> _sessions = new();
    private readonly List<UtpSession> _touched = new(MaxBatch);

    // Each connection is in it once.
    private readonly Channel<UtpSession> _paced = Channel.CreateUnbounded<UtpSession>();
    private readonly SynCookies _cookies = new();
    private readonly ReplyBudget _resets = new(ResetsPerSecond);
    private readonly ReplyBudget _answers = new(AnswersPerSecond);
    private readonly ReassemblyMemory _memory = new(MaxReassemblyBytes);
    private readonly AddressLimit _incoming;
    private readonly ConnectionLimit _connections;
    private readonly UtpSocket _socket;
    private readonly ConnectGuard _guard;
    private readonly TimeProvider _timeProvider;
    private readonly Action<Stream, IPEndPoint> _accepted;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly IPEndPoint _any;
    private int _batched;

    /// <param name="socket">Owned by the endpoint.</param>
    /// <param name="options">What others may take.</param>
    /// <param name="guard">Asked before anything is sent to anybody.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="accepted">Takes a connection that was opened to us, and disposes it in the end.</param>
    /// <param name="logger">Where to log.</param>
    public UtpEndpoint(
        UtpSocket socket, UtpOptions options, ConnectGuard guard, TimeProvider timeProvider, Action<Stream, IPEndPoint> accepted, ILogger logger)
    {
        _socket = socket;
        _incoming = new AddressLimit(options.MaxIncomingPerAddress);
        _connections = new ConnectionLimit(options.MaxConnections);
        _guard = guard;
        _timeProvider = timeProvider;
        _accepted = accepted;
        _logger = logger;
        _start = timeProvider.GetTimestamp();
        _any = new IPEndPoint(socket.LocalEndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
    }

    public IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    public AddressFamily Family => _any.AddressFamily;

    /// <summary>Connections that hold a place.</summary>
    public int Count => _sessions.Count;

    /// <summary>Microseconds.</summary>
    public long Now => _timeProvider.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <exception cref="DialRefusedException">The guard does not allow the address.</exception>
    /// <exception cref="SocketException">Nobody answers, or there is no place.</exception>
    public async Task<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        if (!_guard.Allows(endPoint, out var refusal))
        {
            throw new DialRefusedException(refusal);
        }
        if (!_connections.TryTake())
        {
            throw new SocketException((int)SocketError.TooManyOpenSockets);
        }
        var session = Dial(endPoint);
        try
        {
            await session.ConnectAsync(cancellationToken);
            return new UtpStream(session);
        }
        catch
        {
            session.Abort();
            throw;
        }
    }

    /// <summary>Takes what comes to a socket of our own, until the end.</summary>
    public async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = GC.AllocateArray<byte>(2048, pinned: true);
        var from = new SocketAddress(_any.AddressFamily);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var receiving = _socket.ReceiveAsync(buffer, from, cancellationToken);
                if (!receiving.IsCompleted)
                {
                    OnDrained();
                }
                var length = await receiving;
                Take(buffer.AsSpan(0, length), from);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // Some systems tell here that an earlier datagram reached nobody.
            }
        }
    }

    /// <summary>Takes a datagram, if it looks like one of ours; never throws. Only one loop calls this.</summary>
    public bool Take(ReadOnlySpan<byte> datagram, SocketAddress from)
    {
        if (!UtpHeader.IsLikely(datagram))
        {
            return false;
        }
        try
        {
            Handle(datagram, from);
            if (++_batched >= MaxBatch)
            {
                OnDrained();
            }
        }
        catch (Exception exception)
        {
            // Whatever a packet found that we did not think of, the other connections go on.
            LogReceiveFailed(_logger, exception);
        }
        return true;
    }

    /// <summary>No datagram waits: acks go out and readers wake. The loop that calls <see cref="Take"/> calls this too.</summary>
    public void OnDrained()
    {
        _batched = 0;
        foreach (var session in _touched)
        {
            session.IsTouched = false;
            session.Flush();
        }
        _touched.Clear();
    }

    /// <summary>Lets time pass for all connections, until the end.</summary>
    public Task TickAsync(CancellationToken cancellationToken) => Task.WhenAll(RunTimersAsync(cancellationToken), RunPacingAsync(cancellationToken));

    /// <summary>Ends all connections. Both loops have ended before.</summary>
    public void Dispose()
    {
        foreach (var (_, session) in _sessions)
        {
            session.Abort();
        }
        _socket.Dispose();
    }

    /// <summary>Sends packets of a connection, whose address was allowed when it began.</summary>
    public void Transmit(ReadOnlySpan<byte> datagrams, SocketAddress to) => _socket.Send(datagrams, to);

    /// <summary>A connection has packets that wait for their moment.</summary>
    public void Pace(UtpSession session) => _paced.Writer.TryWrite(session);

    /// <summary>A connection is over.</summary>
    public void Forget(UtpSession session)
    {
        if (_sessions.TryRemove(new KeyValuePair<UtpKey, UtpSession>(session.Key, session)))
        {
            _connections.Return();
            if (session.IsIncoming)
            {
                _incoming.Return(session.RemoteEndPoint.Address);
            }
        }
    }

    private async Task RunTimersAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickInterval, _timeProvider);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var (_, session) in _sessions)
            {
                session.OnTime();
            }
        }
    }

    private async Task RunPacingAsync(CancellationToken cancellationToken)
    {
        while (await _paced.Reader.WaitToReadAsync(cancellationToken))
        {
            await Task.Delay(Pacing.Interval, _timeProvider, cancellationToken);
            for (var waiting = _paced.Reader.Count; waiting > 0 && _paced.Reader.TryRead(out var session); waiting--)
            {
                session.OnPace();
            }
        }
    }

    private UtpSession Dial(IPEndPoint endPoint)
    {
        var remote = endPoint.Serialize();
        var now = Now;
        while (true)
        {
            var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
            var connection = UtpConnection.Dial(id, (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), _memory, now);
            var session = new UtpSession(this, connection, UtpKey.Of(remote, id), remote, endPoint);
            if (_sessions.TryAdd(session.Key, session))
            {
                return session;
            }
        }
    }

    private void Handle(ReadOnlySpan<byte> datagram, SocketAddress from)
    {
        if (!UtpPacket.TryParse(datagram, out var packet))
        {
            return;
        }
        var key = UtpKey.Of(from, packet.Header.ConnectionId);
        var now = Now;
        if (packet.Header.Type == UtpPacketType.Syn)
        {
            Answer(packet.Header, key, from, now);
        }
        else if (_sessions.TryGetValue(key, out var session))
        {
            Give(session, packet, now);
        }
        else if (packet.Header.Type == UtpPacketType.Reset)
        {
            TakeReset(packet, key, now);
        }
        else if (packet.Header.Type != UtpPacketType.Data || !TryAccept(packet, key, from, now))
        {
            Refuse(packet.Header, from, now);
        }
    }

    private void Give(UtpSession session, in UtpPacket packet, long now)
    {
        session.OnPacket(packet, now);
        if (!session.IsTouched)
        {
            session.IsTouched = true;
            _touched.Add(session);
        }
    }

    /// <summary>A RESET may carry the id of our packets: its sender does not know the connection and copied what it got.</summary>
    private void TakeReset(in UtpPacket packet, UtpKey key, long now)
    {
        foreach (var step in (ReadOnlySpan<int>)[-1, 1])
        {
            var other = key with { ConnectionId = SequenceNumber.Add(key.ConnectionId, step) };
            if (_sessions.TryGetValue(other, out var session) && session.SendId == key.ConnectionId)
            {
                Give(session, packet, now);
            }
        }
    }

    private void Answer(in UtpHeader syn, UtpKey key, SocketAddress from, long now)
    {
        if (_guard.Allows((IPEndPoint)_any.Create(from), out _) && _answers.TryTake(now))
        {
            Reply(UtpPacketType.State, syn, _cookies.FirstSequence(key, syn.Sequence, now), from, now);
        }
    }

    private void Refuse(in UtpHeader header, SocketAddress from, long now)
    {
        if (_resets.TryTake(now) && _guard.Allows((IPEndPoint)_any.Create(from), out _))
        {
            Reply(UtpPacketType.Reset, header, sequence: 0, from, now);
        }
    }

    private bool TryAccept(in UtpPacket packet, UtpKey key, SocketAddress from, long now)
    {
        var syn = key with { ConnectionId = SequenceNumber.Add(key.ConnectionId, -1) };
        if (!_cookies.TryRead(syn, packet.Header, now, out var sequence))
        {
            return false;
        }
        var endPoint = (IPEndPoint)_any.Create(from);
        if (!_connections.TryTake())
        {
            return false;
        }
        if (!_incoming.TryTake(endPoint.Address))
        {
            _connections.Return();
            return false;
        }
        var remote = endPoint.Serialize();
        var connection = UtpConnection.Accept(
            syn.ConnectionId, SequenceNumber.Add(packet.Header.Ack, 1), SequenceNumber.Add(sequence, 1), _memory, now);
        var session = new UtpSession(this, connection, key, remote, endPoint) { IsIncoming = true };
        _sessions[key] = session;
        Give(session, packet, now);
        _accepted(new UtpStream(session), endPoint);
        return true;
    }

    private void Reply(UtpPacketType type, in UtpHeader to, ushort sequence, SocketAddress from, long now)
    {
        Span<byte> datagram = stackalloc byte[UtpHeader.Length];
        new UtpHeader
        {
            Type = type,
            ConnectionId = to.ConnectionId,
            Timestamp = unchecked((uint)now),
            TimestampDifference = unchecked((uint)now - to.Timestamp),
            Window = UtpLimits.ReceiveCapacity,
            Sequence = sequence,
            Ack = to.Sequence,
        }.Write(datagram);
        Transmit(datagram, from);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A uTP packet could not be handled")]
    private static partial void LogReceiveFailed(ILogger logger, Exception exception);
}
