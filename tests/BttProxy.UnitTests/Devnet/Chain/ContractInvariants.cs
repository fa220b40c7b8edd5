using BttProxy.Devnet.Chain;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain;

internal static class ContractInvariants
{
    /// <summary>What must hold in every state that any history leads to.</summary>
    public static void Check(ContractState state)
    {
        Assert.All(state.Channels.Values, channel => Assert.True(channel.Claimed <= channel.Reserved));
        var deposits = Sum(state.Accounts.Values.Select(account => account.Deposit));
        var unclaimed = Sum(state.Channels.Values.Select(channel => channel.Reserved - channel.Claimed));
        Assert.Equal(state.ContractBalance, deposits + unclaimed);
        Assert.Equal(state.Supply, state.ContractBalance + Sum(state.Accounts.Values.Select(account => account.Balance)));
    }

    private static TokenAmount Sum(IEnumerable<TokenAmount> amounts) => amounts.Aggregate(TokenAmount.Zero, (sum, next) => sum + next);
}
