using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;

namespace BttProxy.UnitTests.Architecture.Coverage;

/// <summary>What a relay checks before a voucher earns credit, and around it.</summary>
internal static class VoucherChecks
{
    public static IReadOnlyList<CoverageRow> Rows { get; } =
    [
        new("V1", "size and the one canonical encoding", "MessageCodecTests.EmptyOrOverLimit_IsRefused",
            "MessageCodecTests.TrailingOrMissingByte_IsRefused", "MessageCodecTests.SecondSpellingOfTheSameValues_IsRefused",
            "TunnelTests.Rubbish_GetsARefusalAndNoCrash") { Codes = [VoucherRejection.Malformed, SessionRejection.Malformed] },
        new("V2", "rate of invalid messages, before any signature", "VoucherRulesTests.TooManyInvalidBefore_IsJudgedFirst",
            "VoucherCheatingTests.FloodOfForgeries_IsRefusedUnread", "RefusedOpensTests.Flood_IsCutOffForTheRestOfTheMinuteAndForItsAddressAlone")
        { Codes = [VoucherRejection.TooManyInvalid, SessionRejection.TooManyInvalid] },
        new("V3", "channel known, and written here", "VoucherRulesTests.UnknownChannelOrVoucherOfAnother_IsUnknownChannel",
            "VoucherRulesTests.ChannelOfAnotherGateway_IsHeldByAnotherWriter") { Codes = [VoucherRejection.UnknownChannel, VoucherRejection.HeldByAnotherWriter] },
        new("V4", "current epoch", "VoucherRulesTests.OtherEpoch_IsWrongEpoch", "VoucherReplayTests.VoucherOfEveryChannelEpochRelayAndDomain_CountsWhereItWasMeantAlone")
        { Codes = [VoucherRejection.WrongEpoch, SessionRejection.WrongEpoch] },
        new("V5", "strictly above the last; the same bytes are answered again", "VoucherRulesTests.AtOrBelowTheLast_IsNotAboveLast",
            "VoucherRulesTests.SameAmountWithOtherBytes_IsNotAboveLast", "VoucherRulesTests.IdenticalResend_IsRepeatedWithoutCheckingTheSignatureAgain",
            "BttChannelsTests.AmountsAboveTheWidth_AreRefusedAndTheWholeSupplyFits") { Codes = [VoucherRejection.NotAboveLast] },
        new("V6", "not below what the chain has paid", "VoucherRulesTests.BelowWhatTheChainPaid_IsBelowClaimed") { Codes = [VoucherRejection.BelowClaimed] },
        new("V7", "within the reserve", "VoucherRulesTests.Reserve_IsTheLimit", "VoucherCheatingTests.MoreThanReserved_IsRefused",
            "TronChainTests.Transfer_IsInTheNextBlockAndSolidEighteenLater") { Codes = [VoucherRejection.AboveReserved] },
        new("V8", "no leap ahead", "VoucherRulesTests.MoreThanOneWindowAhead_IsAheadOfDelivery", "VoucherCheatingTests.FarAheadOfDelivery_IsRefused")
        {
            Codes = [VoucherRejection.AheadOfDelivery],
            Lacks = "A smallest step: a small voucher costs its sender a request and a signature, and credits no more than it pays.",
        },
        new("V9", "covers what was delivered but for one window", "VoucherRulesTests.MoreThanOneWindowLeftUnpaid_DoesNotCoverDelivery",
            "VoucherRulesTests.EarlierDebtNotCovered_DoesNotCoverDelivery") { Codes = [VoucherRejection.DoesNotCoverDelivery] },
        new("V10", "the contract's verdict on the signature", "SignatureVerdictTests.MutatedSignatures_GetOneVerdictFromBothBackendsAKnownSignerAndTheReference",
            "BttChannelsTests.MutatedSignatures_GetTheVerdictThatARelayGivesThem", "VoucherRulesTests.DamagedSignature_IsABadSignatureWithItsVerdict")
        {
            Codes = [VoucherRejection.BadSignature, SignatureVerdict.WrongLength, SignatureVerdict.ROutOfRange, SignatureVerdict.SOutOfRange,
                SignatureVerdict.HighS, SignatureVerdict.BadRecoveryId, SignatureVerdict.NotRecoverable],
        },
        new("V11", "signed by the channel's signer, whose time is not over", "VoucherRulesTests.SignedByThePayerOrForAnotherContract_IsAnotherSigner",
            "VoucherRulesTests.DelegationOver_IsSignerExpired", "VoucherCheatingTests.Forged_IsRefused")
        {
            Codes = [VoucherRejection.WrongSigner, VoucherRejection.SignerExpired],
            Lacks = "A cap and a revocation of the signer's own: the signer is part of the channel's terms, and the channel's reserve is the cap.",
        },
        new("V12", "domain of our configuration", "VoucherRulesTests.SignedForAnotherChain_IsAnotherSigner", "VoucherRulesTests.ChannelOfAnotherDomain_IsWrongDomain",
            "VoucherCheatingTests.ForAnotherChain_IsRefused", "VoucherCheatingTests.ForAnotherContract_IsRefused") { Codes = [VoucherRejection.WrongDomain] },
        new("V13", "the channel's id is the hash of its terms", "VoucherRulesTests.TermsOfAnotherChannel_AreWrongChannelId",
            "BttChannelsTests.WordsThatNoTypeHolds_SpoilTheirOwnRowOnly") { Codes = [VoucherRejection.WrongChannelId] },
        new("V14", "our token", "VoucherRulesTests.TokenPayeeAuthorizer_MustBeOurs", "SessionRequestRulesTests.TermsForSomebodyElse_AreRefusedByPart")
        { Codes = [VoucherRejection.WrongToken, SessionRejection.WrongToken] },
        new("V15", "our payee and authoriser", "VoucherRulesTests.TokenPayeeAuthorizer_MustBeOurs", "SessionRequestRulesTests.TermsForSomebodyElse_AreRefusedByPart")
        { Codes = [VoucherRejection.WrongPayee, VoucherRejection.WrongAuthorizer] },
        new("V16", "withdraw delay in range", "VoucherRulesTests.WithdrawDelay_MustBeInRange") { Codes = [VoucherRejection.WithdrawDelayOutOfRange] },
        new("V17", "no withdraw asked for", "VoucherRulesTests.EndOfCredit_TakesMoneyForDeliveredBytesAndNothingAhead",
            "WithdrawAttackTests.WithdrawAskedMidStream_EndsTheBytesAndIsClaimedBeforeItIsFinished") { Codes = [VoucherRejection.WithdrawPending] },
        new("V18", "a session of ours at our price", "SessionRequestRulesTests.AnotherRelaysRecord_IsRefused", "SessionRequestRulesTests.AnotherPrice_IsRefused",
            "TunnelTests.WithoutSession_TheOfferIsTheAnswer")
        { Codes = [VoucherRejection.UnknownSession, SessionRejection.WrongRecord, SessionRejection.WrongPrice, SessionRejection.WrongBid] },
        new("V19", "bytes paid for lie within what was delivered and one window", "VoucherRulesTests.MoreThanOneWindowAhead_IsAheadOfDelivery",
            "VoucherRulesTests.ForgivenBytesThatArrived_MayBePaid")
        { Lacks = "A byte count in the voucher: the amount alone says how much is paid for, at the session's price." },
        new("V20", "fields of hash-chain ticks") { Lacks = "Ticks: a voucher's check is cheap enough to sign every step." },
        new("V21", "hops of hash-chain ticks") { Lacks = "Ticks, as above." },
        new("V22", "caps on unclaimed value", "VoucherRulesTests.Exposure_CountsThePayerAndTheTotal",
            "ClaimTriggersTests.CapInTotal_ClaimsFromThoseWhoOweMostUntilTheRestIsBelow") { Codes = [VoucherRejection.ExposureExceeded, SessionRejection.ExposureExceeded] },
        new("V23", "dust and barred payers", "OpeningRulesTests.LessThanTheMinimumDeposit_IsRefused", "ClaimTriggersTests.RowBelowItsOwnFee_IsNeverSent")
        {
            Codes = [SessionRejection.BelowMinimumDeposit],
            Lacks = "A list of barred payers: wallets cost nothing, so debt is bounded by the window and stays with the channel.",
        },
        new("V24", "a recent view of the chain, on which nodes agree", "ChainOutageTests.ChainOutOfSight_EndsCreditButTakesMoneyForWhatWasDelivered_AndItsReturnBringsCreditBack",
            "TronNodeTests.NodesThatContradictEachOther_AreNotBelieved", "TronNodeTests.Head_IsWhatEnoughNodesHave") { Codes = [VoucherRejection.ChainViewStale] },
        new("V25", "block time for deadlines, little skew elsewhere", "SessionRequestRulesTests.ClockTooFarOff_IsRefused",
            "BttChannelsTests.OpenAtItsDeadline_CountsAndASecondLaterDoesNot") { Codes = [SessionRejection.StaleTimestamp] },
        new("V26", "durable before credit", "LedgerCrashTests.RelayKilled_LosesNothingAcknowledgedAndLowersNothing", "CrashTests.KilledRelay_LosesNothingAcknowledged",
            "SqliteRelayLedgerTests.DiskFull_FailsClearlyAndKeepsWhatWasAcknowledged") { Codes = [VoucherRejection.LedgerUnavailable] },
        new("V27", "the answer lets the client catch up", "VoucherCheatingTests.Lower_IsRefusedWithTheLastVoucher", "MessageGoldenTests.VoucherAnswer_HasFrozenBytes"),
        new("V28", "an opening is checked whole before it is sent", "OpenFloodTests.ChannelsThatNoDepositCovers_CostTheRelayNoTransactionAndAreSoonRefusedUnread",
            "OpeningRulesTests.DeadlineWithinTwoLifetimesOfATransaction_IsExpired", "OpeningRulesTests.SignedBySomebodyElse_IsRefused",
            "ChannelOpeningTests.Channel_IsOpenedOnceHoweverOftenItIsAskedFor", "BttChannelsTests.OpenThatIsNotAuthorised_IsRefused")
        { Codes = [SessionRejection.AuthorizationBadSignature, SessionRejection.AuthorizationWrongSigner, SessionRejection.AuthorizationExpired, SessionRejection.DepositMissing] },
        new("V29", "a claim is simulated, and judged by its events", "BttChannelsTests.Judge_SaysWhatAClaimWouldDo", "TronNodeTests.FailedTransaction_IsNoSuccess",
            "TronNodeTests.OutcomeOfATransaction_IsReadWithItsEvents", "ClaimAttackTests.ClaimsThatRunOutOfEnergy_AreSentAgainUntilOneCounts"),
        new("V30", "a close needs both signatures and ends the epoch's vouchers", "BttChannelsTests.CloseWithoutBothSignatures_IsRefused",
            "RelayLedgerSuite.EpochRises_VoidsVouchersAndKeepsTheBooks", "ClaimAttackTests.CloseSignedByAStranger_LeavesTheChannelOpenAndTheVoucherClaimed"),
    ];
}
