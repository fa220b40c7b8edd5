using System.Net;
using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.UnitTests.BitTorrent.Dht.Churn;

/// <summary>
/// Nodes of ours among many others that come and go, ask, announce and put, and among some that mean harm. Time passes
/// only in <see cref="RunUntil"/> and <see cref="Complete"/>.
/// </summary>
internal sealed class ChurnWorld : IAsyncDisposable
{
    /// <summary>Stores that were flooded are full for two hours, and empty again in the third.</summary>
    public static readonly TimeSpan FloodInterval = TimeSpan.FromHours(3);

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestOperation = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan MeanLife = TimeSpan.FromHours(1);

    // A node asks the others that often (BEP 5); until then it goes on naming those that are gone.
    private static readonly TimeSpan UntilNoticed = DhtLimits.RefreshInterval;

    private const int LiarEvery = 50;
    private const int MillisecondsToGoHome = 1000;

    // Two times as many as it takes to fill every store, with writes that one address may send at once.
    private const int Crowd = 80;
    private const int WritesAtOnce = 40;
    private const int FirstOfCrowd = 2 << 16;

    // The choices of the world; the nodes' own ids, tokens and shuffles are beyond prediction, as they must be.
    private readonly Random _random = new(24);
    private readonly SimulatedNetwork _network;
    private readonly List<SimulatedPeer> _peers = [];
    private readonly List<SimulatedPeer> _crowd = [];
    private readonly List<SimulatedSocket> _sockets = [];
    private int _born;
    private int _bystanders;

    public ChurnWorld(int peers, int nodes)
    {
        _network = new SimulatedNetwork(Time);
        for (var i = 0; i < peers; i++)
        {
            Bear();
        }
        for (var i = 0; i < Crowd; i++)
        {
            _crowd.Add(new SimulatedPeer(_network, Time, ContactAt(FirstOfCrowd + i)) { IsReadOnly = true });
        }
        for (var i = 0; i < nodes; i++)
        {
            Nodes.Add(CreateNode(i));
        }
        Time.Schedule(TimeSpan.FromMinutes(1), Churn);
        Time.Schedule(TimeSpan.FromMinutes(1), Converse);
        Time.Schedule(TimeSpan.FromMinutes(2), Attack);
        Time.Schedule(FloodInterval - TimeSpan.FromMinutes(10), Flood);
    }

    public SimulatedTime Time { get; } = new();

    public List<DhtNode> Nodes { get; } = [];

    /// <summary>What happened so far that some node of ours has to react to.</summary>
    private long NodeEvents => Time.Fired + _sockets.Sum(socket => socket.Delivered);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var node in Nodes)
        {
            await node.StartAsync(cancellationToken);
        }
    }

    /// <summary>From now on time passes in the calling thread only, which must be none of the pool: see <see cref="Settle"/>.</summary>
    public void TakeOver()
    {
        // The worker that started this goes home, which may take it a while on a busy host.
        _bystanders = int.MaxValue;
        SpinWait.SpinUntil(() => (_bystanders = Math.Min(_bystanders, WorkersAtWork())) == 0, MillisecondsToGoHome);
    }

    /// <summary>Lets time pass until the clock shows <paramref name="end"/>.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (Time.Now < end)
        {
            Step();
        }
    }

    /// <summary>Lets time pass until the task has ended, which must be soon.</summary>
    public T Complete<T>(Task<T> task)
    {
        for (var end = Time.Now + LongestOperation; !task.IsCompleted && Time.Now < end;)
        {
            Step();
        }
        return task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("An operation did not end.", task.Exception);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
    }

    private void Step()
    {
        var before = NodeEvents;
        Time.Step(Slice);
        if (NodeEvents != before)
        {
            Settle();
        }
    }

    // What a step set off runs on the thread pool, and is done when no worker is at work but those that were before: a node
    // then waits for a datagram or for time to pass, and time must not pass while it does not, however busy this host is.
    private void Settle()
    {
        var spin = new SpinWait();
        while (ThreadPool.PendingWorkItemCount > 0 || WorkersAtWork() > _bystanders)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
        _bystanders = Math.Min(_bystanders, WorkersAtWork());
    }

    private static int WorkersAtWork()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return most - free;
    }

    private DhtNode CreateNode(int number) => new(
        new DhtNodeOptions
        {
            ListenEndPoint = new IPEndPoint(new IPAddress([90, 1, (byte)number, 7]), 6881),
            Guard = new ConnectGuard(new ConnectGuardOptions()),
            Bootstrap = [.. _peers.Take(5).Select(peer => peer.Contact.EndPoint)],
        },
        _ =>
        {
            var socket = new SimulatedSocket(_network);
            _sockets.Add(socket);
            return socket;
        },
        Time,
        NullLoggerFactory.Instance);

    private void Bear()
    {
        var peer = new SimulatedPeer(_network, Time, ContactAt(_born++)) { IsLiar = _born % LiarEvery == 0 };
        foreach (var other in _peers)
        {
            peer.Know(other.Contact);
            other.Know(peer.Contact);
        }
        _peers.Add(peer);
    }

    private DhtContact ContactAt(int number)
    {
        var address = DhtTestData.PublicPeer(number);
        return new DhtContact(SecureNodeId.Bind(NextId(), address.Address), address);
    }

    private DhtNodeId NextId()
    {
        Span<byte> bytes = stackalloc byte[DhtNodeId.Length];
        _random.NextBytes(bytes);
        return new DhtNodeId(bytes);
    }

    private KrpcQuery NextAnnounce(ReadOnlyMemory<byte> token) => KrpcQuery.AnnouncePeer(NextId(), 6881, token);

    private KrpcQuery NextPut(ReadOnlyMemory<byte> token) =>
        KrpcQuery.PutImmutable(Encoding.ASCII.GetBytes($"20:{NextId().ToString()[..20]}"), token);

    private void Churn()
    {
        for (var deaths = _peers.Count * TimeSpan.FromMinutes(1) / MeanLife; _random.NextDouble() < deaths; deaths--)
        {
            var gone = _peers[_random.Next(_peers.Count)];
            _peers.Remove(gone);
            gone.Leave();
            Time.Schedule(_random.NextDouble() * UntilNoticed, () => _peers.ForEach(other => other.Forget(gone.Contact)));
            Bear();
        }
        Time.Schedule(TimeSpan.FromMinutes(1), Churn);
    }

    private void Converse()
    {
        foreach (var node in Nodes)
        {
            var peer = _peers[_random.Next(_peers.Count)];
            switch (_random.Next(4))
            {
                case 0:
                    peer.Ask(node.LocalEndPoint, KrpcQuery.FindNode(NextId()));
                    break;
                case 1:
                    peer.Ask(node.LocalEndPoint, KrpcQuery.GetPeers(NextId()));
                    break;
                case 2:
                    peer.Write(node.LocalEndPoint, token => [NextAnnounce(token)]);
                    break;
                default:
                    peer.Write(node.LocalEndPoint, token => [NextPut(token)]);
                    break;
            }
        }
        Time.Schedule(TimeSpan.FromSeconds(20), Converse);
    }

    private void Attack()
    {
        foreach (var node in Nodes)
        {
            var peer = _peers[_random.Next(_peers.Count)];
            for (var i = 0; i < 80; i++)
            {
                peer.Ask(node.LocalEndPoint, KrpcQuery.Ping());
            }
            // Senders that are nobody's address: more of them in a day than the node keeps accounts of.
            for (var i = 0; i < 600; i++)
            {
                _network.Send(
                    DhtTestData.PublicPeer(_random.Next(1 << 20), port: 1024), node.LocalEndPoint,
                    KrpcEncoder.EncodeQuery(1, KrpcQuery.Ping(), NextId(), readOnly: false).Span);
            }
            peer.SendRaw(node.LocalEndPoint, new byte[1400]);
            peer.SendRaw(node.LocalEndPoint, "d1:rd2:id20:abcdefghij0123456789e1:t4:aaaa1:y1:re"u8);
            peer.Ask(node.LocalEndPoint, KrpcQuery.AnnouncePeer(NextId(), 6881, new byte[8]));
        }
        Time.Schedule(TimeSpan.FromMinutes(30), Attack);
    }

    // Many hosts that write whatever they may to each node: puts first, and announcements when their accounts are full again.
    private void Flood()
    {
        foreach (var node in Nodes)
        {
            Write(node, NextPut);
            Time.Schedule(TimeSpan.FromMinutes(1), () => Write(node, NextAnnounce));
        }
        Time.Schedule(FloodInterval, Flood);

        void Write(DhtNode node, Func<ReadOnlyMemory<byte>, KrpcQuery> next) => _crowd.ForEach(
            member => member.Write(node.LocalEndPoint, token => Enumerable.Range(0, WritesAtOnce).Select(_ => next(token)).ToList()));
    }
}
