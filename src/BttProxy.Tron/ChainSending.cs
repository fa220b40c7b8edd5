using BttProxy.Tron.Node;

namespace BttProxy.Tron;

/// <summary>For whoever can wait: from a proposal to its end.</summary>
public static class ChainSending
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    /// <summary>Sends what was prepared and waits until its end cannot change any more.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="proposal">The transaction, or why there is none.</param>
    /// <param name="timeProvider">For waiting.</param>
    /// <param name="cancellationToken">Ends the waiting; the transaction goes on.</param>
    /// <returns>Why the contract refuses or refused it, or <see cref="ContractRejection.None"/>.</returns>
    /// <exception cref="ChainException">The chain cannot be asked, or it came to nothing: it is prepared anew then.</exception>
    public static async Task<ContractRejection> SendAsync(
        this IChannelChain chain, ChainProposal proposal, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (proposal.Transaction is not { } transaction)
        {
            return proposal.Rejection;
        }

        await chain.SubmitAsync(transaction, cancellationToken).ConfigureAwait(false);
        var end = await chain.FollowAsync(transaction, TransactionStage.Final, null, timeProvider, cancellationToken).ConfigureAwait(false);
        return end.Receipt?.Rejection ?? throw new ChainException("The transaction came to nothing; it is prepared anew.", isTransient: true);
    }

    /// <summary>Waits until a transaction is in a block, or final, or can never be either.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="transaction">Sent before.</param>
    /// <param name="until">Included or final.</param>
    /// <param name="progress">Told each time the chain was looked at and it is not there yet.</param>
    /// <param name="timeProvider">For waiting.</param>
    /// <param name="cancellationToken">Ends the waiting; the transaction goes on.</param>
    /// <exception cref="ChainException">The chain cannot be asked.</exception>
    public static async Task<ChainProgress> FollowAsync(
        this IChannelChain chain, ChainTransaction transaction, TransactionStage until, IProgress<ChainProgress>? progress,
        TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        for (var pause = FirstLook; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var now = await chain.ProgressAsync(transaction, cancellationToken).ConfigureAwait(false);
            if (now.Stage is TransactionStage.Final or TransactionStage.Expired || (now.Stage == until && now.Receipt is not null))
            {
                return now;
            }

            progress?.Report(now);
            await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
