using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace BttProxy.BitTorrent.Dht;

/// <summary>
/// One iterative lookup (BEP 5): asks ever nearer nodes until the nearest ones that answer are all asked. One instance,
/// one run; its state changes only in <see cref="RunAsync"/>.
/// </summary>
internal sealed class DhtLookup(DhtCore core, TimeProvider timeProvider, DhtNodeId target, KrpcQuery query)
{
    private readonly KrpcTransport _transport = core.Transport;
    private readonly AddressRules _rules = core.Rules;
    private readonly List<LookupCandidate> _candidates = [];
    private readonly HashSet<IPEndPoint> _participants = [];
    private readonly Dictionary<IPAddress, int> _subnets = [];
    private readonly Channel<LookupEvent> _events = Channel.CreateUnbounded<LookupEvent>();
    private readonly List<Task> _asking = [];

    private IEnumerable<LookupCandidate> Answered => _candidates.Where(candidate => candidate.State == CandidateState.Answered);

    /// <summary>Called for each reply in turn; true ends the lookup.</summary>
    public Func<KrpcMessage, bool>? OnReply { get; init; }

    /// <summary>Adds addresses whose node id is not known yet.</summary>
    public void AddBootstrap(IEnumerable<IPEndPoint> endPoints)
    {
        foreach (var endPoint in endPoints)
        {
            Add(endPoint, null);
        }
    }

    public async Task<DhtLookupResult> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var contact in core.Table.Closest(target, DhtLimits.StoreWidth))
        {
            Add(contact.EndPoint, contact.Id);
        }
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = new CancellationTokenSource(DhtLimits.LookupTime, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            while (AskMore(ending.Token))
            {
                if (Handle(await _events.Reader.ReadAsync(either.Token).ConfigureAwait(false)))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time of the lookup is over: what was found counts.
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_asking).ConfigureAwait(false);
        }
        ForgetSilent();
        return new DhtLookupResult([.. Answered], CountCrowd());
    }

    /// <returns>False when nobody is left whose answer could change the result.</returns>
    private bool AskMore(CancellationToken cancellationToken)
    {
        var active = _candidates.Count(candidate => candidate.State == CandidateState.Asked);
        var nearest = 0;
        var atOnce = HaveNearestAnswered() ? DhtLimits.StoreWidth : DhtLimits.Alpha;
        // Who crowds around the target does not count: as many others are wanted.
        var wanted = DhtLimits.StoreWidth + CountCrowd();
        foreach (var candidate in _candidates)
        {
            if (active >= atOnce || nearest >= wanted || _asking.Count >= DhtLimits.LookupQueries)
            {
                break;
            }
            if (candidate.State == CandidateState.New)
            {
                candidate.State = CandidateState.Asked;
                _asking.Add(AskAsync(candidate, cancellationToken));
                active++;
            }
            if (candidate.State is CandidateState.Asked or CandidateState.Answered)
            {
                nearest++;
            }
        }
        return active > 0;
    }

    // Then their answers have named nobody nearer, and who is asked before whom matters no more: as in the Kademlia paper (2.3).
    private bool HaveNearestAnswered()
    {
        var nearest = _candidates.Where(candidate => candidate.State is CandidateState.New or CandidateState.Asked or CandidateState.Answered)
            .Take(DhtLimits.Alpha).ToList();
        return nearest.Count == DhtLimits.Alpha && nearest.TrueForAll(candidate => candidate.State == CandidateState.Answered);
    }

    private async Task AskAsync(LookupCandidate candidate, CancellationToken cancellationToken)
    {
        try
        {
            var answer = _transport.QueryAsync(candidate.EndPoint, query, DhtLimits.HardTimeout, cancellationToken);
            using (var soft = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                var delay = Task.Delay(DhtLimits.SoftTimeout, timeProvider, soft.Token);
                if (await Task.WhenAny(answer, delay).ConfigureAwait(false) == delay)
                {
                    _events.Writer.TryWrite(new LookupEvent(candidate, IsFinal: false, null));
                }
                await soft.CancelAsync().ConfigureAwait(false);
            }
            _events.Writer.TryWrite(new LookupEvent(candidate, IsFinal: true, await answer.ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            // The lookup ended first.
        }
    }

    private bool Handle(LookupEvent happened)
    {
        var (candidate, isFinal, reply) = happened;
        if (!isFinal)
        {
            candidate.State = CandidateState.Slow;
            return false;
        }
        if (reply is not { Kind: KrpcKind.Reply } || reply.Sender == core.OwnId)
        {
            candidate.State = reply is null ? CandidateState.Silent : CandidateState.Refused;
            return false;
        }
        candidate.State = CandidateState.Answered;
        candidate.Token = reply.Body!.FindString("token"u8) is { Length: <= DhtLimits.TokenBytes } token ? token : default;
        if (candidate.Id != reply.Sender)
        {
            _candidates.Remove(candidate);
            candidate.Id = reply.Sender;
            Insert(candidate);
        }
        AddNodes(reply);
        return OnReply?.Invoke(reply) ?? false;
    }

    private void AddNodes(KrpcMessage reply)
    {
        foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            if (reply.Body!.FindString(CompactAddresses.NodesKey(family)) is not { } nodes)
            {
                continue;
            }
            foreach (var contact in CompactAddresses.ReadNodes(nodes.Span, family, DhtLimits.NodesPerAnswer))
            {
                if (family == _transport.Family)
                {
                    Add(contact.EndPoint, contact.Id);
                }
                else
                {
                    core.Other?.Meet(contact);
                }
            }
        }
    }

    private int CountCrowd() => core.Size.CountCrowd(target, [.. Answered.Select(candidate => candidate.Id!.Value)]);

    // One id per address and two per network, so that nobody surrounds a target with ids of its own choice.
    private void Add(IPEndPoint endPoint, DhtNodeId? id)
    {
        if (id == core.OwnId || !_rules.MayContact(endPoint) || !_participants.Add(_rules.Participant(endPoint)))
        {
            return;
        }
        if (_rules.Subnet(endPoint) is { } subnet)
        {
            var inSubnet = _subnets.GetValueOrDefault(subnet);
            if (inSubnet >= AddressRules.PerSubnet)
            {
                return;
            }
            _subnets[subnet] = inSubnet + 1;
        }
        Insert(new LookupCandidate(endPoint) { Id = id });
    }

    private void Insert(LookupCandidate candidate)
    {
        // Addresses without an id come first: they are the way in, and are few.
        var index = candidate.Id is { } id
            ? _candidates.FindIndex(other => other.Id is { } otherId && target.CompareDistance(id, otherId) < 0)
            : 0;
        _candidates.Insert(index < 0 ? _candidates.Count : index, candidate);
        if (_candidates.Count > DhtLimits.LookupCandidates && _candidates[^1].State == CandidateState.New)
        {
            _candidates.RemoveAt(_candidates.Count - 1);
        }
    }

    private void ForgetSilent()
    {
        // When nobody answered, our own network is down and the nodes are not to blame.
        if (!_candidates.Exists(candidate => candidate.State == CandidateState.Answered))
        {
            return;
        }
        foreach (var candidate in _candidates)
        {
            if (candidate.State is CandidateState.Silent or CandidateState.Slow)
            {
                core.Table.Fail(candidate.EndPoint);
            }
        }
    }

    private readonly record struct LookupEvent(LookupCandidate Candidate, bool IsFinal, KrpcMessage? Reply);
}

/// <param name="Nodes">The nodes that answered, nearest first.</param>
/// <param name="Crowd">How many of the nearest lie nearer than chance explains.</param>
internal sealed record DhtLookupResult(IReadOnlyList<LookupCandidate> Nodes, int Crowd);
