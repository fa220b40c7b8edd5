using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;

namespace BttProxy.Relay.Operations;

/// <summary>Simulates claims: what would be sent, refused and burnt. Changes nothing.</summary>
internal sealed class ClaimForecast(RelayLedger ledger, IChannelChain chain, SettlementWorker settlement, SettlementOptions options)
{
    // What a node adds for the result when it counts a transaction's bytes (java-tron, Constant.MAX_RESULT_SIZE_IN_TX).
    private const int ResultBytes = 64;

    private sealed record Candidate(ChannelSummary Channel, ClaimRow Row)
    {
        public ChannelNote Note(string? text) => new(Channel.Id, Channel.Unclaimed, text);
    }

    public async Task<ClaimPreview> PreviewAsync(ClaimOrder order, CancellationToken cancellationToken)
    {
        var selection = await ClaimSelection.MakeAsync(order, ledger, settlement, cancellationToken);
        var account = await chain.SubmitterAsync(cancellationToken);
        var leftOut = selection.LeftOut.ToList();
        var candidates = new List<Candidate>();
        foreach (var channel in selection.Chosen)
        {
            if (channel.Claim is { IsUnderWay: true } claim)
            {
                leftOut.Add(new ChannelNote(channel.Id, channel.Unclaimed, claim.TransactionId is { } id ? $"under way in {id}" : "in the outbox already"));
            }
            else if (await ledger.FindChannelAsync(channel.Id, cancellationToken) is { Best: { } voucher } known)
            {
                candidates.Add(new Candidate(channel, new ClaimRow(known.Terms, voucher)));
            }
        }

        var (batches, refused, costs) = (new List<ClaimBatchPreview>(), new List<ChannelNote>(), account.Costs);
        foreach (var batch in Batches(candidates))
        {
            var good = await JudgeAsync(batch, refused, cancellationToken);
            if (good.Count > 0)
            {
                var preview = await SimulateAsync(good, costs, cancellationToken);
                batches.Add(preview);
                // The next one finds less of what costs nothing.
                costs = costs.After(preview.Energy ?? 0, preview.Bytes ?? 0);
            }
        }

        return new ClaimPreview(batches, refused, leftOut, selection.Later, account.Address, account.Sun);
    }

    private async Task<List<Candidate>> JudgeAsync(Candidate[] batch, List<ChannelNote> refused, CancellationToken cancellationToken)
    {
        var outcomes = await chain.JudgeClaimAsync([.. batch.Select(static candidate => candidate.Row)], cancellationToken);
        refused.AddRange(batch.Zip(outcomes).Where(static row => row.Second != ClaimOutcome.Claimed).Select(static row => row.First.Note(row.Second.ToString())));
        return [.. batch.Zip(outcomes).Where(static row => row.Second == ClaimOutcome.Claimed).Select(static row => row.First)];
    }

    private async Task<ClaimBatchPreview> SimulateAsync(List<Candidate> rows, ClaimCosts costs, CancellationToken cancellationToken)
    {
        var value = rows.Aggregate(TokenAmount.Zero, static (sum, row) => sum + row.Channel.Unclaimed);
        var notes = rows.ConvertAll(static row => row.Note(null));
        try
        {
            var prepared = await chain.PrepareClaimAsync([.. rows.Select(static row => row.Row)], cancellationToken);
            var bytes = prepared.Transaction.Payload.Length + ResultBytes;
            return new ClaimBatchPreview(notes, value, prepared.Energy, bytes, costs.Fee(prepared.Energy, bytes), null);
        }
        catch (ChainException e) when (!e.IsTransient)
        {
            return new ClaimBatchPreview(notes, value, null, null, null, e.Message);
        }
    }

    /// <summary>As the outbox makes them: claims against a withdraw go first and alone.</summary>
    private IEnumerable<Candidate[]> Batches(List<Candidate> candidates)
    {
        var size = Math.Min(options.MaxRowsPerClaim, chain.MaxClaimRows);
        return candidates.Where(static candidate => candidate.Channel.OnChain.WithdrawAt is not null)
            .OrderBy(static candidate => candidate.Channel.OnChain.WithdrawAt)
            .Select(static candidate => new[] { candidate })
            .Concat(candidates.Where(static candidate => candidate.Channel.OnChain.WithdrawAt is null).Chunk(size));
    }
}
