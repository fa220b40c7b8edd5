using System.Globalization;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Payments;
using BttProxy.Protocol.Relays;
using BttProxy.Tron;
using Xunit;

namespace BttProxy.UnitTests.Protocol;

/// <summary>Numbers that are sent or stored. Append to a list; never change what stands in it.</summary>
public sealed class FrozenEnumTests
{
    [Fact]
    public void SignatureVerdict_IsFrozen() => Frozen<SignatureVerdict>(
        "Valid=0 WrongLength=1 ROutOfRange=2 SOutOfRange=3 HighS=4 BadRecoveryId=5 NotRecoverable=6");

    [Fact]
    public void VoucherRejection_IsFrozen() => Frozen<VoucherRejection>(
        "Accepted=0 Malformed=1 TooManyInvalid=2 UnknownChannel=3 HeldByAnotherWriter=4 WrongEpoch=5 NotAboveLast=6 BelowClaimed=7 "
        + "AboveReserved=8 AheadOfDelivery=9 DoesNotCoverDelivery=10 BadSignature=11 WrongSigner=12 SignerExpired=13 WrongDomain=14 "
        + "WrongChannelId=15 WrongToken=16 WrongPayee=17 WrongAuthorizer=18 WithdrawDelayOutOfRange=19 WithdrawPending=20 "
        + "ExposureExceeded=21 ChainViewStale=22 UnknownSession=23 LedgerUnavailable=24");

    [Fact]
    public void SessionRejection_IsFrozen() => Frozen<SessionRejection>(
        "Accepted=0 UnsupportedVersion=1 Malformed=2 WrongRecord=3 WrongPrice=4 WrongBid=5 StaleTimestamp=6 ReplayedNonce=7 "
        + "BadSignature=8 WrongSigner=9 WrongToken=10 WrongPayee=11 WrongAuthorizer=12 WithdrawDelayOutOfRange=13 UnknownChannel=14 "
        + "WrongEpoch=15 AuthorizationBadSignature=16 AuthorizationWrongSigner=17 AuthorizationExpired=18 DepositMissing=19 "
        + "BelowMinimumDeposit=20 ChannelExhausted=21 WithdrawPending=22 HeldByAnotherWriter=23 ExposureExceeded=24 ChainViewStale=25 "
        + "ChainUnavailable=26 TooManySessions=27 TooManyInvalid=28 PayerBarred=29 LedgerUnavailable=30 ChannelClosing=31 OpenFeeMissing=32 QuotaReached=33");

    [Fact]
    public void RefusalCode_IsFrozen() => Frozen<RefusalCode>(
        "None=0 PaymentRequired=1 SessionRejected=2 UnknownSession=3 OutOfCredit=4 Malformed=5 TooManyRequests=6 "
        + "ContentUnavailable=7 ContentRefused=8 RangeNotSatisfiable=9 Busy=10 ShuttingDown=11 TooManyAborts=12 LedgerUnavailable=13 "
        + "NotFound=14 WorkerUnavailable=15");

    [Fact]
    public void RecordRejection_IsFrozen() => Frozen<RecordRejection>(
        "None=0 TooLarge=1 BadSignature=2 Malformed=3 UnsupportedVersion=4 BadBinding=5 Expired=6 WrongNetwork=7");

    [Fact]
    public void RelayFeatures_IsFrozen() => Frozen<RelayFeatures>(
        "None=0 Http2=1 Pins=2 Bids=4 Directory=8 OpensChannels=16 TorrentV2=32");

    [Fact]
    public void VoucherOutcomeKind_IsFrozen() => Frozen<VoucherOutcomeKind>(
        "Accepted=0 AcceptedWithoutCredit=1 Repeated=2 Rejected=3");

    [Fact]
    public void SessionOfferVerdict_IsFrozen() => Frozen<SessionOfferVerdict>(
        "Accepted=0 PriceChanged=1 BaseNotProven=2 OutstandingTooHigh=3 WindowOutOfRange=4");

    [Fact]
    public void ContractRejection_IsFrozen() => Frozen<ContractRejection>(
        "None=0 UnknownChannel=1 WrongEpoch=2 DeadlinePassed=3 InvalidTerms=4 BadSignature=5 WrongSigner=6 InsufficientDeposit=7 "
        + "InsufficientBalance=8 NotAboveReserved=9 FinalOutOfRange=10 WithdrawPending=11 NoWithdrawPending=12 WithdrawTooEarly=13 "
        + "BadNonce=14 AmountOutOfRange=15 TooManyRows=16 TokenRefused=17 Reentered=18");

    [Fact]
    public void ClaimOutcome_IsFrozen() => Frozen<ClaimOutcome>(
        "Claimed=0 AlreadyClaimed=1 UnknownChannel=2 WrongEpoch=3 AboveReserved=4 BadSignature=5 WrongSigner=6");

    private static void Frozen<T>(string expected)
        where T : struct, Enum =>
        Assert.Equal(
            expected,
            string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={Convert.ToUInt64(value, CultureInfo.InvariantCulture)}")));
}
