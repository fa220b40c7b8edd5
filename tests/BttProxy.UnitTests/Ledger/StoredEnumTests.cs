using BttProxy.Ledger.Earnings;
using BttProxy.Tron;
using Xunit;

namespace BttProxy.UnitTests.Ledger;

/// <summary>Numbers that lie in databases or go over the wire.</summary>
public sealed class StoredEnumTests
{
    [Fact]
    public void ClaimState_IsFrozen() => AssertFrozen<ClaimState>("Queued=0 Broadcast=1 Settled=2 Failed=3 Overtaken=4");

    [Fact]
    public void ClaimTransactionState_IsFrozen() => AssertFrozen<ClaimTransactionState>(
        "Simulated=0 Broadcast=1 Included=2 Solidified=3 Reverted=4 Expired=5");

    [Fact]
    public void ClaimOutcome_IsFrozen() => AssertFrozen<ClaimOutcome>(
        "Claimed=0 AlreadyClaimed=1 UnknownChannel=2 WrongEpoch=3 AboveReserved=4 BadSignature=5 WrongSigner=6");

    [Fact]
    public void ContractRejection_IsFrozen() => AssertFrozen<ContractRejection>(
        "None=0 UnknownChannel=1 WrongEpoch=2 DeadlinePassed=3 InvalidTerms=4 BadSignature=5 WrongSigner=6 InsufficientDeposit=7 "
        + "InsufficientBalance=8 NotAboveReserved=9 FinalOutOfRange=10 WithdrawPending=11 NoWithdrawPending=12 WithdrawTooEarly=13 BadNonce=14 "
        + "AmountOutOfRange=15 TooManyRows=16 TokenRefused=17 Reentered=18");

    private static void AssertFrozen<T>(string expected)
        where T : struct, Enum =>
        Assert.Equal(expected, string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={value:d}")));
}
