using System.Net;
using System.Threading.Channels;
using BttProxy.Protocol.Keys;

namespace BttProxy.Discovery.Finding;

/// <summary>What one search has met, taken and refused so far. Safe for concurrent use.</summary>
internal sealed class SearchResults(bool allowSameSubnet, int maxQuestions)
{
    // Not bounded by itself: what is written is bounded by the cache's capacity and by the number of questions.
    private readonly Channel<FoundRelay> _found = Channel.CreateUnbounded<FoundRelay>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _gate = new();
    private readonly SubnetFilter _subnets = new(allowSameSubnet);
    private readonly Dictionary<RelayId, long> _seqs = [];
    private readonly HashSet<RelayId> _answered = [];
    private readonly HashSet<IPEndPoint> _asked = [];
    private readonly Dictionary<RecordVerdict, int> _rejected = [];
    private int _questions;
    private int _silent;
    private int _expired;
    private int _sameSubnet;

    public ChannelReader<FoundRelay> Found => _found.Reader;

    /// <summary>Different relays handed out.</summary>
    public int FoundCount
    {
        get
        {
            lock (_gate)
            {
                return _seqs.Count;
            }
        }
    }

    /// <summary>Different good relays that the network, not the cache, has brought.</summary>
    public int AnsweredCount
    {
        get
        {
            lock (_gate)
            {
                return _answered.Count;
            }
        }
    }

    public bool Contains(RelayId id)
    {
        lock (_gate)
        {
            return _seqs.ContainsKey(id);
        }
    }

    /// <summary>False when the socket was asked in this round or the search has asked enough.</summary>
    public bool TryAsk(IPEndPoint socket)
    {
        lock (_gate)
        {
            return _questions < maxQuestions && _asked.Add(socket) && ++_questions > 0;
        }
    }

    /// <summary>Lets sockets that were asked be asked again: who was silent may have been starting.</summary>
    public void StartRound()
    {
        lock (_gate)
        {
            _asked.Clear();
            _silent = 0;
        }
    }

    public void Silent()
    {
        lock (_gate)
        {
            _silent++;
        }
    }

    public void Reject(RecordVerdict verdict)
    {
        lock (_gate)
        {
            _rejected[verdict] = _rejected.GetValueOrDefault(verdict) + 1;
        }
    }

    /// <summary>Hands a checked relay out unless it is known in this version or its network block is taken.</summary>
    public void Accept(FoundRelay relay)
    {
        var id = relay.Signed.Id;
        lock (_gate)
        {
            var isKnown = _seqs.TryGetValue(id, out var seq);
            if (!isKnown && !_subnets.TryTake(relay.Record.Endpoints.Select(endpoint => endpoint.Address)))
            {
                _sameSubnet++;
                return;
            }

            if (relay.Source != RelaySource.Cache)
            {
                _answered.Add(id);
            }

            if (!isKnown || relay.Signed.Seq > seq)
            {
                _seqs[id] = relay.Signed.Seq;
                _expired += relay.IsExpired ? 1 : 0;
                _found.Writer.TryWrite(relay);
            }
        }
    }

    public void Complete() => _found.Writer.TryComplete();

    public DiscoveryReport Report(int dhtNodes, int bootstrapNodes)
    {
        lock (_gate)
        {
            return new DiscoveryReport
            {
                DhtNodes = dhtNodes,
                BootstrapNodes = bootstrapNodes,
                Announced = _asked.Count,
                Silent = _silent,
                Found = _seqs.Count,
                Expired = _expired,
                SameSubnet = _sameSubnet,
                Rejected = new Dictionary<RecordVerdict, int>(_rejected),
            };
        }
    }
}
