using BttProxy.Protocol.Keys;

namespace BttProxy.Tron.Node;

/// <summary>Simulates, prices, signs and sends calls, and waits until their outcome cannot change any more.</summary>
public sealed class TransactionSender(TronNode node, TronChannelOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private long _lastTimestamp;

    /// <summary>A signed transaction, or why the contract would refuse the call in the newest block.</summary>
    /// <exception cref="ChainException">The nodes cannot be asked, or it would cost more than is allowed.</exception>
    public async Task<PreparedTransaction> PrepareAsync(ContractCall call, Secp256k1Key key, CancellationToken cancellationToken) =>
        await PrepareAsync(call, await node.SimulateAsync(call, cancellationToken).ConfigureAwait(false), key, cancellationToken).ConfigureAwait(false);

    /// <summary>A signed deployment.</summary>
    /// <exception cref="ChainException">As above.</exception>
    public async Task<PreparedTransaction> PrepareAsync(ContractCreation creation, Secp256k1Key key, CancellationToken cancellationToken) =>
        await PrepareAsync(creation, await node.SimulateAsync(creation, cancellationToken).ConfigureAwait(false), key, cancellationToken).ConfigureAwait(false);

    /// <summary>A signed transfer.</summary>
    /// <exception cref="ChainException">The nodes cannot be asked.</exception>
    public async Task<TronTransaction> PrepareAsync(TrxTransfer transfer, Secp256k1Key key, CancellationToken cancellationToken) =>
        TronTransaction.Sign(transfer, await TermsAsync(cancellationToken).ConfigureAwait(false), key);

    /// <summary>Sends it, and does not wait. Sending again what was sent is safe.</summary>
    /// <exception cref="ChainException">Whether a node has it is unknown: transient. Or no node takes it.</exception>
    public async Task BroadcastAsync(TronTransaction transaction, CancellationToken cancellationToken)
    {
        var answer = await node.BroadcastAsync(transaction, cancellationToken).ConfigureAwait(false);
        // Expired: it may have been sent before, and be in a block since.
        if (!answer.IsAccepted && answer.Refusal != BroadcastRefusal.Expired)
        {
            throw new ChainException($"No TRON node takes the transaction: {Explain(answer)}", isTransient: answer.Refusal == BroadcastRefusal.Reference);
        }
    }

    /// <summary>Where a transaction stands.</summary>
    /// <exception cref="ChainException">The nodes cannot be asked.</exception>
    public async Task<TransactionStatus> StatusAsync(Bytes32 id, DateTimeOffset expiration, CancellationToken cancellationToken)
    {
        // In this order: what is not there when the time is over will never be.
        var solidified = await node.SolidifiedAsync(cancellationToken).ConfigureAwait(false);
        if (await node.OutcomeAsync(id, cancellationToken).ConfigureAwait(false) is { } final)
        {
            return new TransactionStatus(TransactionStage.Final, final);
        }

        if (solidified.Time >= expiration)
        {
            return new TransactionStatus(TransactionStage.Expired, null);
        }

        var included = await node.IncludedAsync(id, cancellationToken).ConfigureAwait(false);
        return new TransactionStatus(included is null ? TransactionStage.Unknown : TransactionStage.Included, included);
    }

    /// <summary>Sends it and waits for its solidified outcome. Sending again what was sent is safe.</summary>
    /// <exception cref="ChainException">Its fate is unknown, or it expired unseen: transient. Or no node takes it.</exception>
    public async Task<TransactionOutcome> SendAsync(TronTransaction transaction, CancellationToken cancellationToken)
    {
        await BroadcastAsync(transaction, cancellationToken).ConfigureAwait(false);
        for (var pause = FirstLook; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var status = await StatusAsync(transaction.Id, transaction.Expiration, cancellationToken).ConfigureAwait(false);
            switch (status.Stage)
            {
                case TransactionStage.Final:
                    return status.Outcome!;
                case TransactionStage.Expired:
                    throw new ChainException("The transaction came into no block in time; it is prepared anew.", isTransient: true);
                default:
                    await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task<PreparedTransaction> PrepareAsync(
        TronOperation operation, Simulation simulation, Secp256k1Key key, CancellationToken cancellationToken)
    {
        if (simulation.Result.HasReverted)
        {
            return new PreparedTransaction(null, simulation.Result.Output, 0, 0);
        }

        var prices = await node.PricesAsync(cancellationToken).ConfigureAwait(false);
        var feeLimit = simulation.Energy * (100 + options.EnergyMarginPercent) / 100 * prices.Energy;
        if (feeLimit > Math.Min(options.MaxFeeLimit, prices.MaxFeeLimit))
        {
            throw new ChainException(
                $"The transaction would need {feeLimit} sun for energy, more than the limit of {Math.Min(options.MaxFeeLimit, prices.MaxFeeLimit)}; "
                + "raise the fee limit, or send fewer rows at once.",
                isTransient: false);
        }

        var terms = await TermsAsync(cancellationToken).ConfigureAwait(false) with { FeeLimit = feeLimit };
        return new PreparedTransaction(TronTransaction.Sign(operation, terms, key), default, simulation.Energy, feeLimit);
    }

    private static string Explain(BroadcastAnswer answer) => answer.Refusal switch
    {
        BroadcastRefusal.Bandwidth => "the sender has neither bandwidth nor enough TRX for it; send it some TRX.",
        BroadcastRefusal.Operation => $"{answer.Text}; check that the sender's account exists and has enough TRX.",
        _ => answer.Text,
    };

    private async Task<TransactionTerms> TermsAsync(CancellationToken cancellationToken)
    {
        var solidified = await node.SolidifiedAsync(cancellationToken).ConfigureAwait(false);
        var head = await node.HeadAsync(cancellationToken).ConfigureAwait(false);
        return new TransactionTerms(solidified.Reference, UniqueTimestamp(), head.Time + options.Lifetime);
    }

    // Two equal calls in one millisecond would be one transaction.
    private DateTimeOffset UniqueTimestamp()
    {
        while (true)
        {
            var last = Interlocked.Read(ref _lastTimestamp);
            var next = Math.Max(timeProvider.GetUtcNow().ToUnixTimeMilliseconds(), last + 1);
            if (Interlocked.CompareExchange(ref _lastTimestamp, next, last) == last)
            {
                return DateTimeOffset.FromUnixTimeMilliseconds(next);
            }
        }
    }
}
