using System.Globalization;
using System.Text.Json;
using BttProxy.Tron.Contracts;

namespace BttProxy.Tron.JsonRpc;

/// <summary>
/// Finds a contract's events in a range of final blocks, a page of blocks at a time. A page that the service refuses, or that takes it too
/// long, is halved. The service can hide events; one that answers anything else than what was asked is not believed at all.
/// </summary>
internal sealed class EventLogs(JsonRpcService service, ulong chainId, long maxBlocks)
{
    /// <summary>More are no search's result but an attempt to fill our memory.</summary>
    private const int MaxLogs = 100_000;

    /// <param name="filter">Which ones.</param>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block; final, as the nodes say.</param>
    /// <param name="searched">Told of the last block that was looked through, and the events so far.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ChainException">The service cannot be asked, is of another chain or behind, or answers nonsense.</exception>
    public async Task<List<ContractLog>> FindAsync(
        LogFilter filter, long from, long to, Action<long, int> searched, CancellationToken cancellationToken)
    {
        await CheckAsync(to, cancellationToken).ConfigureAwait(false);
        var logs = new List<ContractLog>();
        var page = maxBlocks;
        for (var next = from; next <= to;)
        {
            var last = Math.Min(to, next + page - 1);
            try
            {
                await ReadPageAsync(filter, next, last, logs, cancellationToken).ConfigureAwait(false);
            }
            catch (JsonRpcRefusedException refusal) when (refusal.Code != JsonRpcRefusedException.MethodNotFound && last > next)
            {
                page = (last - next + 1) / 2;
                continue;
            }
            catch (JsonRpcRefusedException refusal)
            {
                throw CannotSearch(refusal);
            }

            if (logs.Count > MaxLogs)
            {
                throw JsonRpcText.Nonsense(service.Url, $"more than {MaxLogs} events");
            }

            searched(last, logs.Count);
            next = last + 1;
        }

        return logs;
    }

    private async Task ReadPageAsync(LogFilter filter, long from, long to, List<ContractLog> logs, CancellationToken cancellationToken)
    {
        using var answer = await service.CallAsync("eth_getLogs", writer => filter.Write(writer, from, to), cancellationToken).ConfigureAwait(false);
        if (ReceivedLogs.Read(Result(answer), filter, from, to, logs) is { } wrong)
        {
            throw JsonRpcText.Nonsense(service.Url, wrong);
        }
    }

    // A service of another chain, or one that has not come to the last block, would hide events without meaning to.
    private async Task CheckAsync(long last, CancellationToken cancellationToken)
    {
        try
        {
            using var chain = await service.CallAsync("eth_chainId", null, cancellationToken).ConfigureAwait(false);
            if (!IsOurChain(Result(chain)))
            {
                throw new ChainException(
                    $"The JSON-RPC service {service.Url} is of another chain; correct \"jsonRpc\" in the network description.", isTransient: false);
            }

            using var head = await service.CallAsync("eth_blockNumber", null, cancellationToken).ConfigureAwait(false);
            if (!JsonRpcText.TryReadQuantity(Result(head), out var number))
            {
                throw JsonRpcText.Nonsense(service.Url, "no block number");
            }

            if (number < last)
            {
                throw new ChainException(
                    string.Create(CultureInfo.InvariantCulture, $"The JSON-RPC service {service.Url} is behind: it has block {number} of {last}; try again later."),
                    isTransient: true);
            }
        }
        catch (JsonRpcRefusedException refusal)
        {
            throw CannotSearch(refusal);
        }
    }

    // java-tron writes the last four bytes of the genesis block's id, older ones all 32, both with leading zeros.
    private bool IsOurChain(JsonElement answer) =>
        JsonRpcText.TryReadText(answer, out var text) && text.Length is > 2 and <= 66 && text.StartsWith("0x", StringComparison.Ordinal)
        && uint.TryParse(text.AsSpan(Math.Max(2, text.Length - 8)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low)
        && low == (uint)chainId;

    private static JsonElement Result(JsonDocument answer) => answer.RootElement.GetProperty("result");

    private ChainException CannotSearch(JsonRpcRefusedException refusal) => new(
        refusal.Code == JsonRpcRefusedException.NoAnswer
            ? $"The JSON-RPC service {service.Url} did not answer in time; try again later, or name another one as \"jsonRpc\" in the network description."
            : $"The JSON-RPC service {service.Url} refuses to search ({refusal.Message}); name another one as \"jsonRpc\" in the network description.",
        isTransient: refusal.Code == JsonRpcRefusedException.NoAnswer, refusal);
}
