using System.Collections.Concurrent;
using System.Globalization;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;

namespace BttProxy.Tron.Node;

/// <summary>
/// Finds a payer's channels in the contract's events. TRON's gRPC has no index of events, so solidified blocks are read one by one.
/// </summary>
internal sealed class ChannelSearch(TronNode node, BttChannelsEvents events, TronChannelOptions options)
{
    // The nodes' pace bounds the rate; this keeps it used while answers are under way.
    private const int ConcurrentBlocks = 8;

    /// <exception cref="ChainException">The nodes cannot be asked, or the chain is too long for this.</exception>
    public async Task<IReadOnlyList<ChannelTerms>> FindAsync(TronAddress payer, CancellationToken cancellationToken)
    {
        var last = (await node.SolidifiedAsync(cancellationToken).ConfigureAwait(false)).Number;
        if (last > options.MaxSearchedBlocks)
        {
            throw new ChainException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The chain has {last} blocks, too many to look through one by one for channels; those known on this computer need no search."),
                isTransient: false);
        }

        var found = new ConcurrentDictionary<ChannelTerms, bool>();
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = ConcurrentBlocks, CancellationToken = cancellationToken };
        await Parallel.ForAsync(1L, last + 1, bounds, async (number, token) =>
        {
            foreach (var outcome in await node.OutcomesAsync(number, token).ConfigureAwait(false))
            {
                foreach (var log in outcome.Status == ExecutionStatus.Success ? outcome.Logs : [])
                {
                    if (events.TryRead(log, out var read) && read is ChannelOpenedEvent opened && opened.Terms.Payer == payer)
                    {
                        found[opened.Terms] = true;
                    }
                }
            }
        }).ConfigureAwait(false);
        return [.. found.Keys];
    }
}
