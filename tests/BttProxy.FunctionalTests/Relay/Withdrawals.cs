using BttProxy.FunctionalTests.Relay.World;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A payer who takes the money back behind its relay's back.</summary>
internal static class Withdrawals
{
    public static async Task AskAsync(MarketWorld world, RelayCustomer customer, CancellationToken cancellationToken) =>
        await world.Chain.AcceptAsync(
            await world.Chain.PrepareRequestWithdrawAsync(customer.Payer, customer.Terms, cancellationToken), cancellationToken);

    public static async Task FinishAsync(MarketWorld world, RelayCustomer customer, CancellationToken cancellationToken) =>
        await world.Chain.AcceptAsync(await world.Chain.PrepareFinishWithdrawAsync(customer.Terms, 0, cancellationToken), cancellationToken);
}
