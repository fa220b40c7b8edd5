using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Tron;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A payer who takes the money back behind its relay's back.</summary>
internal static class Withdrawals
{
    public static async Task AskAsync(MarketWorld world, RelayCustomer customer, CancellationToken cancellationToken) =>
        Accepted(await world.Chain.RequestWithdrawAsync(customer.Payer, customer.Terms, cancellationToken));

    public static async Task FinishAsync(MarketWorld world, RelayCustomer customer, CancellationToken cancellationToken) =>
        Accepted(await world.Chain.FinishWithdrawAsync(customer.Terms, 0, cancellationToken));

    private static void Accepted(ChainReceipt receipt) =>
        _ = receipt.IsAccepted ? receipt : throw new InvalidOperationException($"The contract refuses: {receipt.Rejection}.");
}
