using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Node;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>What tests do on a chain and wait for.</summary>
internal static class ChainActions
{
    public static async Task DepositAsync(this IChannelChain chain, Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken)
    {
        if (await chain.PrepareApprovalAsync(payer, amount, cancellationToken) is { } approval)
        {
            await AcceptAsync(chain, approval, cancellationToken);
        }

        await AcceptAsync(chain, await chain.PrepareDepositAsync(payer, amount, cancellationToken), cancellationToken);
    }

    /// <summary>As above, but only until the deposit is in a block that may still be undone.</summary>
    public static async Task DepositUnconfirmedAsync(
        this IChannelChain chain, Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken)
    {
        var approval = await chain.PrepareApprovalAsync(payer, amount, cancellationToken);
        await IncludeAsync(chain, approval!.Transaction!, cancellationToken);
        await IncludeAsync(chain, (await chain.PrepareDepositAsync(payer, amount, cancellationToken)).Transaction!, cancellationToken);
    }

    public static async Task OpenChannelAsync(
        this IChannelChain chain, ChannelTerms terms, OpenAuthorization authorization, CancellationToken cancellationToken) =>
        await AcceptAsync(
            chain,
            await chain.PrepareOpenAsync(terms, authorization.ToOpenChannel(terms.Id(chain.Domain)), authorization.Signature, cancellationToken),
            cancellationToken);

    public static async Task AcceptAsync(this IChannelChain chain, ChainProposal proposal, CancellationToken cancellationToken) =>
        ThrowIfRefused(await chain.SendAsync(proposal, TimeProvider.System, cancellationToken));

    private static async Task IncludeAsync(IChannelChain chain, ChainTransaction transaction, CancellationToken cancellationToken)
    {
        await chain.SubmitAsync(transaction, cancellationToken);
        var end = await chain.FollowAsync(transaction, TransactionStage.Included, null, TimeProvider.System, cancellationToken);
        ThrowIfRefused(end.Receipt?.Rejection ?? throw new InvalidOperationException("The transaction came to nothing."));
    }

    private static void ThrowIfRefused(ContractRejection rejection)
    {
        if (rejection != ContractRejection.None)
        {
            throw new InvalidOperationException($"The contract refused: {rejection}.");
        }
    }
}
