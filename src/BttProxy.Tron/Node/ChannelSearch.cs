using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.JsonRpc;

namespace BttProxy.Tron.Node;

/// <summary>
/// Finds a payer's channels in the contract's events: by JSON-RPC services that index them, else, on a short chain, by reading its
/// solidified blocks one by one, for TRON's gRPC has no index of events.
/// </summary>
internal sealed class ChannelSearch : IDisposable
{
    // The nodes' pace bounds the rate; this keeps it used while answers are under way.
    private const int ConcurrentBlocks = 8;

    private readonly TronNode _node;
    private readonly ChannelDomain _domain;
    private readonly BttChannelsEvents _events;
    private readonly TronChannelOptions _options;
    private readonly ImmutableArray<JsonRpcService> _services;

    public ChannelSearch(TronNode node, ChannelDomain domain, TronChannelOptions options, TimeProvider timeProvider)
    {
        (_node, _domain, _options) = (node, domain, options);
        _events = new BttChannelsEvents(domain.Contract);
        _services = [.. options.JsonRpc.Select(url => new JsonRpcService(url, options.JsonRpcRequests, timeProvider))];
    }

    /// <returns>What stands in events; the caller asks the nodes about each.</returns>
    /// <exception cref="ChainException">Nothing can be searched, or the chain is too long for what can.</exception>
    public async Task<IReadOnlyCollection<ChannelTerms>> FindAsync(
        TronAddress payer, IProgress<ChannelSearchProgress>? progress, CancellationToken cancellationToken)
    {
        var last = (await _node.SolidifiedAsync(cancellationToken).ConfigureAwait(false)).Number;
        var first = Math.Max(1, _options.StartBlock);
        var isShort = last - first < _options.MaxSearchedBlocks;
        if (!_services.IsEmpty)
        {
            try
            {
                return await AskServicesAsync(payer, first, last, progress, cancellationToken).ConfigureAwait(false);
            }
            catch (ChainException) when (isShort)
            {
                // The blocks themselves tell.
            }
        }

        return isShort ? await ReadBlocksAsync(payer, first, last, progress, cancellationToken).ConfigureAwait(false) : throw TooLong(last - first + 1);
    }

    public void Dispose()
    {
        foreach (var service in _services)
        {
            service.Dispose();
        }
    }

    private static ChainException TooLong(long blocks) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"Channels opened on other computers cannot be found: {blocks} blocks are too many to be read one by one. Name a JSON-RPC service as \"jsonRpc\" in the \"chain\" part of the network description, such as https://api.trongrid.io/jsonrpc (main network) or https://nile.trongrid.io/jsonrpc (Nile)."),
        isTransient: false);

    // Each may hide something: what any of them has found counts, and one that answers is enough.
    private async Task<IReadOnlyCollection<ChannelTerms>> AskServicesAsync(
        TronAddress payer, long first, long last, IProgress<ChannelSearchProgress>? progress, CancellationToken cancellationToken)
    {
        var filter = new LogFilter(_domain.Contract, BttChannelsEvents.TopicsOfOpened(payer));
        var (gate, reached, found) = (new Lock(), new long[_services.Length], new int[_services.Length]);
        Array.Fill(reached, first - 1);
        progress?.Report(new ChannelSearchProgress(0, last - first + 1, 0));
        var answers = await Task.WhenAll(_services.Select((service, place) => TryAsync(service, place))).ConfigureAwait(false);
        return answers.Any(static answer => answer.Failure is null)
            ? [.. answers.SelectMany(static answer => answer.Logs ?? []).Select(log => TermsIn(log, payer)).OfType<ChannelTerms>().Distinct()]
            : throw answers[0].Failure!;

        async Task<(List<ContractLog>? Logs, ChainException? Failure)> TryAsync(JsonRpcService service, int place)
        {
            try
            {
                var logs = new EventLogs(service, _domain.ChainId, _options.JsonRpcRequests.MaxBlocks);
                return (await logs.FindAsync(filter, first, last, (block, count) => Tell(place, block, count), cancellationToken).ConfigureAwait(false), null);
            }
            catch (ChainException failure)
            {
                Tell(place, last, 0);
                return (null, failure);
            }
        }

        void Tell(int place, long block, int count)
        {
            lock (gate)
            {
                (reached[place], found[place]) = (block, count);
                progress?.Report(new ChannelSearchProgress(reached.Min() - first + 1, last - first + 1, found.Max()));
            }
        }
    }

    private async Task<IReadOnlyCollection<ChannelTerms>> ReadBlocksAsync(
        TronAddress payer, long first, long last, IProgress<ChannelSearchProgress>? progress, CancellationToken cancellationToken)
    {
        var (found, searched) = (new ConcurrentDictionary<ChannelTerms, bool>(), 0L);
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = ConcurrentBlocks, CancellationToken = cancellationToken };
        await Parallel.ForAsync(first, last + 1, bounds, async (number, token) =>
        {
            foreach (var outcome in await _node.OutcomesAsync(number, token).ConfigureAwait(false))
            {
                foreach (var log in outcome.Status == ExecutionStatus.Success ? outcome.Logs : [])
                {
                    if (TermsIn(log, payer) is { } terms)
                    {
                        found[terms] = true;
                    }
                }
            }

            progress?.Report(new ChannelSearchProgress(Interlocked.Increment(ref searched), last - first + 1, found.Count));
        }).ConfigureAwait(false);
        return [.. found.Keys];
    }

    private ChannelTerms? TermsIn(ContractLog log, TronAddress payer) =>
        _events.TryRead(log, out var read) && read is ChannelOpenedEvent opened
        && opened.Terms.Payer == payer && opened.Terms.Id(_domain) == opened.ChannelId
            ? opened.Terms
            : null;
}
