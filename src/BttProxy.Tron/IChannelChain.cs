using System.Collections.Immutable;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron;

/// <summary>
/// The settlement contract on some chain. What the contract refuses comes back in the receipt; every method throws
/// <see cref="ChainException"/> when the chain cannot be reached or answers nonsense. Amounts are solidified.
/// </summary>
public interface IChannelChain
{
    /// <summary>The contract whose signatures count.</summary>
    ChannelDomain Domain { get; }

    /// <summary>The token that the contract moves.</summary>
    TronAddress Token { get; }

    /// <summary>Most rows of one claim.</summary>
    int MaxClaimRows { get; }

    /// <summary>How long a transaction has to come into a block.</summary>
    TimeSpan TransactionLifetime { get; }

    Task<ChainHead> HeadAsync(CancellationToken cancellationToken);

    /// <summary>Tokens in a wallet.</summary>
    Task<TokenAmount> BalanceAsync(TronAddress owner, CancellationToken cancellationToken);

    /// <summary>A payer's tokens in the contract that no channel holds.</summary>
    Task<TokenAmount> DepositedAsync(TronAddress payer, CancellationToken cancellationToken);

    /// <summary>Null when it was never opened.</summary>
    Task<ChainChannel?> ChannelAsync(ChannelId id, CancellationToken cancellationToken);

    /// <summary>
    /// The terms of every channel that the payer ever opened, closed ones included, in no order: what a wallet without any other memory
    /// goes by. They stand in the contract's <c>ChannelOpened</c> events alone, so this is slow, and refused where it would take hours.
    /// A caller computes the ids itself and asks <see cref="ChannelAsync"/> for each state.
    /// </summary>
    /// <param name="payer">Whose.</param>
    /// <param name="progress">Told how far the search is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<ChannelTerms>> ChannelsOfAsync(
        TronAddress payer, IProgress<ChannelSearchProgress>? progress, CancellationToken cancellationToken);

    /// <summary>As <see cref="BalanceAsync"/>, in the newest block, which may still be undone: to plan by, never to trust.</summary>
    Task<TokenAmount> PendingBalanceAsync(TronAddress owner, CancellationToken cancellationToken);

    /// <summary>As <see cref="DepositedAsync"/>, in the newest block.</summary>
    Task<TokenAmount> PendingDepositAsync(TronAddress payer, CancellationToken cancellationToken);

    /// <summary>As <see cref="ChannelAsync"/>, in the newest block.</summary>
    Task<ChainChannel?> PendingChannelAsync(ChannelId id, CancellationToken cancellationToken);

    /// <summary>Lets the contract take tokens out of the payer's wallet; null where it may already. It must be in a block before a deposit.</summary>
    Task<ChainProposal?> PrepareApprovalAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken);

    /// <summary>Moves tokens from the payer's wallet into the contract.</summary>
    Task<ChainProposal> PrepareDepositAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken);

    /// <summary>Moves tokens that no channel holds from the contract back into the payer's wallet.</summary>
    Task<ChainProposal> PrepareWithdrawDepositAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken);

    /// <summary>
    /// Reserves a total of <c>open.Amount</c> for the channel in its current epoch; also the top-up, with a higher total.
    /// Anyone may submit it, and submitting it twice reserves once.
    /// </summary>
    Task<ChainProposal> PrepareOpenAsync(
        ChannelTerms terms, OpenChannel open, RecoverableSignature payerSignature, CancellationToken cancellationToken);

    /// <summary>Sends it and does not wait. Sending again what was sent is safe.</summary>
    Task SubmitAsync(ChainTransaction transaction, CancellationToken cancellationToken);

    /// <summary>How far it has come.</summary>
    Task<ChainProgress> ProgressAsync(ChainTransaction transaction, CancellationToken cancellationToken);

    /// <summary>What the contract says about each row of a claim alone, without sending anything.</summary>
    /// <param name="rows">At most <see cref="MaxClaimRows"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ImmutableArray<ClaimOutcome>> JudgeClaimAsync(IReadOnlyList<ClaimRow> rows, CancellationToken cancellationToken);

    /// <summary>Builds a claim without sending it.</summary>
    /// <param name="rows">At most <see cref="MaxClaimRows"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<PreparedClaim> PrepareClaimAsync(IReadOnlyList<ClaimRow> rows, CancellationToken cancellationToken);

    /// <summary>Where a claim stands that was submitted.</summary>
    /// <param name="transaction">The claim.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ClaimStatus> ClaimStatusAsync(ChainTransaction transaction, CancellationToken cancellationToken);

    /// <summary>The account that pays for claims.</summary>
    Task<SubmitterAccount> SubmitterAsync(CancellationToken cancellationToken);

    /// <summary>Closes with both sides' signatures: the payee gets the final amount, the payer's deposit the rest, at once.</summary>
    Task<ChainProposal> PrepareCooperativeCloseAsync(
        ChannelTerms terms, CooperativeClose close, RecoverableSignature signer, RecoverableSignature payeeAuthorizer,
        CancellationToken cancellationToken);

    /// <summary>Starts the withdraw delay.</summary>
    Task<ChainProposal> PrepareRequestWithdrawAsync(Secp256k1Key payer, ChannelTerms terms, CancellationToken cancellationToken);

    /// <summary>Closes after the delay: what is not claimed goes back to the payer's deposit. Anyone may submit it.</summary>
    Task<ChainProposal> PrepareFinishWithdrawAsync(ChannelTerms terms, ulong epoch, CancellationToken cancellationToken);
}
