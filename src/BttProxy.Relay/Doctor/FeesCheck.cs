using BttProxy.Protocol.Networks;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Tron;

namespace BttProxy.Relay.Doctor;

/// <summary>Has the account that opens and claims channels the TRX for it, and is the token one that can be paid out.</summary>
internal static class FeesCheck
{
    private const string Step = "fees";

    // A relay that runs short of TRX stops opening channels; ten more should be possible when the operator is told.
    private const int ChannelsAhead = 10;

    public static async Task<Finding> RunAsync(
        RelayOptions options, NetworkDescription network, KeysOnDisk keys, TimeProvider time, CancellationToken cancellationToken)
    {
        if (keys.Payee is not { } payee)
        {
            return Finding.Skip(Step, "the payee-key is needed");
        }

        try
        {
            using var chain = ChainConnection.Open(options.Chain, network, payee, time);
            var account = await chain.SubmitterAsync(cancellationToken);
            var tokens = await chain.BalanceAsync(account.Address, cancellationToken);
            var needed = account.Costs.Total(ChannelsAhead, rowsPerClaim: 1);
            var measured = $"{account.Address} has {PlainText.Trx(account.Sun)} and {tokens.ToBtt()}; ten claims alone take {PlainText.Trx(needed)}";

            // A devnet gives TRX to whoever sends a transaction.
            return account.Sun >= needed || network.AllowPrivateAddresses
                ? Finding.Ok(Step, measured)
                : Finding.Warn(Step, measured, $"Send it at least {PlainText.Trx(needed - account.Sun)}, or stake TRX for energy: without, channels are neither opened nor claimed.");
        }
        catch (Exception e) when (e is ChainException or RelayConfigurationException)
        {
            return Finding.Fail(Step, e.Message, "See the steps chain and contract; then check token of the network description.");
        }
    }
}
