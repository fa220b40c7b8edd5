using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// One UDP socket that asks and answers. A reply counts only with the transaction id of an open query and from the
/// address that was asked. Packets per remote are paced in both directions.
/// </summary>
internal sealed partial class KrpcTransport(
    DhtNodeOptions options,
    IDatagramSocket socket,
    IKrpcHandler handler,
    AddressRules rules,
    TimeProvider timeProvider,
    ILogger<KrpcTransport> logger) : IAsyncDisposable
{
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<(IPEndPoint Remote, uint TransactionId), TaskCompletionSource<KrpcMessage>> _pending = [];
    private readonly PacketBudget _outbound = new(DhtLimits.OutboundPerSecond, DhtLimits.OutboundBurst, rules, timeProvider);
    private readonly PacketBudget _inbound = new(DhtLimits.InboundPerSecond, DhtLimits.InboundBurst, rules, timeProvider);
    private Task _receiving = Task.CompletedTask;

    public IPEndPoint LocalEndPoint => socket.LocalEndPoint;

    public AddressFamily Family => socket.Family;

    public IDatagramSocket Socket => socket;

    public KrpcCounters Counters { get; } = new();

    /// <summary>Datagrams received so far, of any kind; when it stands still the fault is on our side of the network.</summary>
    public long Received => Counters.Received;

    public int PendingCount => _pending.Count;

    public int PacedRemotes => Math.Max(_outbound.Count, _inbound.Count);

    /// <param name="listenEndPoint">Of the socket's family.</param>
    public void Start(IPEndPoint listenEndPoint)
    {
        socket.Bind(listenEndPoint);
        _receiving = Task.Run(() => ReceiveAsync(_stopping.Token));
    }

    /// <returns>A reply or an error; null for silence, or when the address may not be asked.</returns>
    public async Task<KrpcMessage?> QueryAsync(IPEndPoint remote, KrpcQuery query, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (remote.AddressFamily != Family || !rules.MayContact(remote))
        {
            return null;
        }
        var wait = _outbound.Reserve(remote);
        if (wait > timeout || _pending.Count >= DhtLimits.PendingQueries)
        {
            return null;
        }
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        var transactionId = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(sizeof(uint)));
        var reply = new TaskCompletionSource<KrpcMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_pending.TryAdd((remote, transactionId), reply))
        {
            return null;
        }
        try
        {
            var datagram = KrpcEncoder.EncodeQuery(transactionId, query, handler.OwnId, options.ReadOnly);
            await SendAsync(datagram, remote, cancellationToken).ConfigureAwait(false);
            var answer = await reply.Task.WaitAsync(timeout, timeProvider, cancellationToken).ConfigureAwait(false);
            Counters.CountQuery(query.Method, answer.Kind == KrpcKind.Reply ? KrpcResult.Replied : KrpcResult.Error);
            return answer;
        }
        catch (TimeoutException)
        {
            Counters.CountQuery(query.Method, KrpcResult.Silence);
            return null;
        }
        catch (SocketException exception)
        {
            LogSendFailed(exception.SocketErrorCode);
            Counters.CountQuery(query.Method, KrpcResult.SendFailed);
            return null;
        }
        finally
        {
            _pending.TryRemove((remote, transactionId), out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        socket.Dispose();
        _stopping.Dispose();
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(DhtLimits.DatagramBytes, pinned: true);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var result = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
                Counters.CountReceived();
                // Parsed messages point into their bytes and outlive this turn, so each gets its own.
                var datagram = buffer.AsMemory(0, result.ReceivedBytes).ToArray();
                await HandleAsync(datagram, (IPEndPoint)result.RemoteEndPoint, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException exception)
            {
                LogReceiveFailed(exception.SocketErrorCode);
                // An oversized datagram or a closed port of somebody else must not cost us time; another error may last.
                if (exception.SocketErrorCode is not (SocketError.MessageSize or SocketError.ConnectionReset))
                {
                    await Task.Delay(ErrorPause, timeProvider, CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (Exception exception)
            {
                LogHandlingFailed(exception);
            }
        }
    }

    private async Task HandleAsync(ReadOnlyMemory<byte> datagram, IPEndPoint remote, CancellationToken cancellationToken)
    {
        if (KrpcParser.TryParse(datagram) is not { } message)
        {
            LogUnreadable(datagram.Length);
            Counters.CountDropped(DhtDropReason.Unreadable);
            return;
        }
        if (message.Kind != KrpcKind.Query)
        {
            Complete(message, remote);
            return;
        }
        if (ReasonToIgnore(remote) is { } reason)
        {
            Counters.CountDropped(reason);
            return;
        }
        var answer = handler.OnQuery(message, remote);
        if (answer.IsEmpty)
        {
            return;
        }
        _outbound.Reserve(remote);
        try
        {
            await SendAsync(answer, remote, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            LogSendFailed(exception.SocketErrorCode);
        }
    }

    private DhtDropReason? ReasonToIgnore(IPEndPoint remote) =>
        options.ReadOnly ? DhtDropReason.ReadOnly
        : !rules.MayContact(remote) ? DhtDropReason.DeniedAddress
        : !_inbound.TryTake(remote) ? DhtDropReason.OverBudget
        : null;

    private ValueTask SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint remote, CancellationToken cancellationToken)
    {
        Counters.CountSent();
        return socket.SendAsync(datagram, remote, cancellationToken);
    }

    private void Complete(KrpcMessage message, IPEndPoint remote)
    {
        if (message.TransactionId.Length != sizeof(uint)
            || !_pending.TryRemove((remote, BinaryPrimitives.ReadUInt32BigEndian(message.TransactionId.Span)), out var waiter))
        {
            LogUnexpectedReply();
            Counters.CountDropped(DhtDropReason.UnexpectedReply);
            return;
        }
        if (message.Kind == KrpcKind.Reply)
        {
            handler.OnReply(message, remote);
        }
        waiter.TrySetResult(message);
    }
}
