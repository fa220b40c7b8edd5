using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Payments;

/// <summary>One unit per byte, so that amounts read as bytes.</summary>
public sealed class VoucherRulesTests
{
    private static readonly VoucherPolicy Policy = new()
    {
        Domain = Samples.Domain,
        Token = Samples.Token,
        Payee = Samples.Payee,
        PayeeAuthorizer = Samples.Authorizer.Address,
    };

    private static readonly ChannelView Channel = new()
    {
        Id = Samples.ChannelId,
        Terms = Samples.Terms,
        Domain = Samples.Domain,
        Epoch = 3,
        Reserved = new TokenAmount(1_000_000),
        Claimed = new TokenAmount(50),
        Last = Samples.Voucher(100, epoch: 3),
    };

    // 100 accepted before this session, 10 owed from earlier ones, 1000 bytes delivered with a window of 600.
    private static readonly VoucherCheckState State = new()
    {
        Policy = Policy,
        Channel = Channel,
        Account = new SessionAccount(new PricePerMegabyte(1_000_000), new TokenAmount(100), new TokenAmount(10)),
        Credit = CreditWindow.Start(new ByteCount(600), new ByteCount(600)).Deliver(new ByteCount(600)).Pay(new ByteCount(400))
            .Deliver(new ByteCount(400)),
        UnixSeconds = 1_795_400_000,
    };

    private static SignedVoucher Good => Samples.Voucher(1110, epoch: 3);

    [Fact]
    public void VoucherForAllDelivered_IsAccepted()
    {
        var outcome = VoucherRules.Check(State, Good);
        Assert.Equal(
            new VoucherOutcome(VoucherOutcomeKind.Accepted, VoucherRejection.Accepted, SignatureVerdict.Valid, new ByteCount(1000)), outcome);
        Assert.True(outcome.IsAccepted);
    }

    [Fact]
    public void IdenticalResend_IsRepeatedWithoutCheckingTheSignatureAgain()
    {
        var state = State with { Channel = Channel with { Last = Good } };
        var outcome = VoucherRules.Check(
            state, Good, static (SignedVoucher _, ChannelDomain _, out TronAddress _) => throw new InvalidOperationException("Not asked for."));
        Assert.Equal(VoucherOutcomeKind.Repeated, outcome.Kind);
        Assert.Equal(new ByteCount(1000), outcome.PaidBytes);
    }

    [Fact]
    public void SameAmountWithOtherBytes_IsNotAboveLast()
    {
        var other = Good with { Signature = Samples.Payer.Sign(Good.Voucher.Digest(Samples.Domain)) };
        Rejects(VoucherRejection.NotAboveLast, State with { Channel = Channel with { Last = Good } }, other);
    }

    [Fact]
    public void TooManyInvalidBefore_IsJudgedFirst() =>
        Rejects(VoucherRejection.TooManyInvalid, State with { TooManyInvalid = true, Channel = null });

    [Fact]
    public void UnknownChannelOrVoucherOfAnother_IsUnknownChannel()
    {
        Rejects(VoucherRejection.UnknownChannel, State with { Channel = null });
        var elsewhere = new Voucher(new ChannelId(Samples.Repeat(1)), 3, new TokenAmount(1110)).Sign(Samples.Domain, Samples.Session);
        Rejects(VoucherRejection.UnknownChannel, State, elsewhere);
    }

    [Fact]
    public void ChannelOfAnotherGateway_IsHeldByAnotherWriter()
    {
        var channel = Channel with { IsHeldHere = false };
        Rejects(VoucherRejection.HeldByAnotherWriter, State with { Channel = channel });
        Rejects(VoucherRejection.HeldByAnotherWriter, State with { Channel = channel with { Last = Good } });
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void OtherEpoch_IsWrongEpoch(ulong epoch) =>
        Rejects(VoucherRejection.WrongEpoch, State, Samples.Voucher(1110, epoch));

    [Theory]
    [InlineData(100)]
    [InlineData(99)]
    [InlineData(0)]
    public void AtOrBelowTheLast_IsNotAboveLast(int cumulative) =>
        Rejects(VoucherRejection.NotAboveLast, State, Samples.Voucher((UInt128)cumulative, epoch: 3), resend: false);

    [Fact]
    public void FirstVoucherOfZero_IsNotAboveLast() =>
        Rejects(VoucherRejection.NotAboveLast, State with { Channel = Channel with { Last = null, Claimed = default } }, Samples.Voucher(0, epoch: 3));

    [Fact]
    public void BelowWhatTheChainPaid_IsBelowClaimed() =>
        Rejects(VoucherRejection.BelowClaimed, State with { Channel = Channel with { Claimed = new TokenAmount(1111) } });

    [Fact]
    public void Reserve_IsTheLimit()
    {
        Rejects(VoucherRejection.AboveReserved, State with { Channel = Channel with { Reserved = new TokenAmount(1109) } });
        Accepts(VoucherRejection.Accepted, State with { Channel = Channel with { Reserved = new TokenAmount(1110) } });
    }

    [Fact]
    public void MoreThanOneWindowAhead_IsAheadOfDelivery()
    {
        Accepts(VoucherRejection.Accepted, State, Samples.Voucher(1710, epoch: 3));
        Rejects(VoucherRejection.AheadOfDelivery, State, Samples.Voucher(1711, epoch: 3));
    }

    [Fact]
    public void ForgivenBytesThatArrived_MayBePaid()
    {
        var credit = State.Credit;
        while (credit.Forgiven <= credit.Size)
        {
            // What is unpaid is given up; the client pays for all of it later.
            credit = credit.Forgive(credit.Unpaid, out _);
            credit = credit.Deliver(credit.Available);
        }

        var all = State.Account.CumulativeFor(credit.Delivered);
        Assert.True(all > State.Account.CumulativeFor((credit.Delivered - credit.Forgiven).AddSaturating(credit.Size)));
        Accepts(VoucherRejection.Accepted, State with { Credit = credit }, Samples.Voucher(all.Units, epoch: 3));
    }

    [Fact]
    public void EarlierDebtNotCovered_DoesNotCoverDelivery()
    {
        var fresh = State with { Credit = CreditWindow.Start(new ByteCount(600), new ByteCount(600), new ByteCount(10)) };
        Rejects(VoucherRejection.DoesNotCoverDelivery, fresh, Samples.Voucher(109, epoch: 3));
        Accepts(VoucherRejection.Accepted, fresh, Samples.Voucher(110, epoch: 3));
    }

    [Fact]
    public void MoreThanOneWindowLeftUnpaid_DoesNotCoverDelivery()
    {
        Accepts(VoucherRejection.Accepted, State, Samples.Voucher(510, epoch: 3));
        Rejects(VoucherRejection.DoesNotCoverDelivery, State, Samples.Voucher(509, epoch: 3));
    }

    [Fact]
    public void DamagedSignature_IsABadSignatureWithItsVerdict()
    {
        var bytes = Good.Signature.ToArray();
        bytes[64] = 29;
        var outcome = VoucherRules.Check(State, Good with { Signature = new RecoverableSignature(bytes) });
        Assert.Equal(VoucherRejection.BadSignature, outcome.Code);
        Assert.Equal(SignatureVerdict.BadRecoveryId, outcome.Signature);
        Assert.Equal(VoucherOutcomeKind.Rejected, outcome.Kind);
    }

    [Fact]
    public void FlippedV_IsAnotherSigner()
    {
        var bytes = Good.Signature.ToArray();
        bytes[64] ^= 27 ^ 28;
        Rejects(VoucherRejection.WrongSigner, State, Good with { Signature = new RecoverableSignature(bytes) });
    }

    [Theory]
    [InlineData(728126428)]
    [InlineData(199)]
    public void SignedForAnotherChain_IsAnotherSigner(ulong chainId)
    {
        var elsewhere = Good.Voucher.Sign(new ChannelDomain(chainId, Samples.Domain.Contract), Samples.Session);
        Rejects(VoucherRejection.WrongSigner, State, elsewhere);
    }

    [Fact]
    public void SignedByThePayerOrForAnotherContract_IsAnotherSigner()
    {
        Rejects(VoucherRejection.WrongSigner, State, Good.Voucher.Sign(Samples.Domain, Samples.Payer));
        Rejects(VoucherRejection.WrongSigner, State, Good.Voucher.Sign(new ChannelDomain(31337, Samples.Payee), Samples.Session));
    }

    [Fact]
    public void DelegationOver_IsSignerExpired()
    {
        Rejects(VoucherRejection.SignerExpired, State with { Channel = Channel with { SignerExpiresAt = State.UnixSeconds } });
        Accepts(VoucherRejection.Accepted, State with { Channel = Channel with { SignerExpiresAt = State.UnixSeconds + 1 } });
    }

    [Fact]
    public void ChannelOfAnotherDomain_IsWrongDomain() =>
        Rejects(VoucherRejection.WrongDomain, State with { Channel = Channel with { Domain = new ChannelDomain(1, Samples.Domain.Contract) } });

    [Fact]
    public void TermsOfAnotherChannel_AreWrongChannelId() =>
        Rejects(VoucherRejection.WrongChannelId, State with { Channel = Channel with { Terms = Terms(salt: Samples.Repeat(0x56)) } });

    [Fact]
    public void TokenPayeeAuthorizer_MustBeOurs()
    {
        Rejects(VoucherRejection.WrongToken, State with { Policy = Policy with { Token = Samples.Payee } });
        Rejects(VoucherRejection.WrongPayee, State with { Policy = Policy with { Payee = Samples.Token } });
        Rejects(VoucherRejection.WrongAuthorizer, State with { Policy = Policy with { PayeeAuthorizer = Samples.Token } });
    }

    [Theory]
    [InlineData(3599, VoucherRejection.WithdrawDelayOutOfRange)]
    [InlineData(3600, VoucherRejection.Accepted)]
    [InlineData(2_592_000, VoucherRejection.Accepted)]
    [InlineData(2_592_001, VoucherRejection.WithdrawDelayOutOfRange)]
    public void WithdrawDelay_MustBeInRange(ulong delay, VoucherRejection expected)
    {
        var terms = Terms(delay);
        var id = terms.Id(Samples.Domain);
        var state = State with { Channel = Channel with { Id = id, Terms = terms } };
        var voucher = new Voucher(id, 3, new TokenAmount(1110)).Sign(Samples.Domain, Samples.Session);
        Assert.Equal(expected, VoucherRules.Check(state, voucher).Code);
    }

    public static TheoryData<VoucherRejection> EndsOfCredit =>
        [VoucherRejection.WithdrawPending, VoucherRejection.ExposureExceeded, VoucherRejection.ChainViewStale];

    [Theory]
    [MemberData(nameof(EndsOfCredit))]
    public void EndOfCredit_TakesMoneyForDeliveredBytesAndNothingAhead(VoucherRejection reason)
    {
        var state = reason switch
        {
            VoucherRejection.WithdrawPending => State with { Channel = Channel with { WithdrawPending = true } },
            VoucherRejection.ExposureExceeded => State with { Policy = Policy with { MaxUnclaimedPerPayer = new TokenAmount(1000) } },
            _ => State with { IsChainViewFresh = false },
        };
        Accepts(reason, state, Good);
        Rejects(reason, state, Samples.Voucher(1111, epoch: 3));
    }

    [Fact]
    public void Exposure_CountsThePayerAndTheTotal()
    {
        var policy = Policy with { MaxUnclaimedPerPayer = new TokenAmount(2000), MaxUnclaimedTotal = new TokenAmount(5000) };
        var state = State with { Policy = policy, UnclaimedOfPayer = new TokenAmount(990), UnclaimedTotal = new TokenAmount(3990) };
        Accepts(VoucherRejection.Accepted, state);
        Accepts(VoucherRejection.ExposureExceeded, state with { UnclaimedOfPayer = new TokenAmount(991) });
        Accepts(VoucherRejection.ExposureExceeded, state with { UnclaimedTotal = new TokenAmount(3991) });
        Accepts(VoucherRejection.ExposureExceeded, state with { UnclaimedTotal = TokenAmount.MaxValue });
    }

    // Each state below fails one check and every later one; the earlier check must speak.
    [Fact]
    public void Checks_RunInTheOrderOfTheirCodes()
    {
        var broken = State with
        {
            IsChainViewFresh = false,
            Policy = Policy with { MaxUnclaimedTotal = default },
            Channel = Channel with { WithdrawPending = true },
        };
        var ahead = Samples.Voucher(1600, epoch: 3);
        List<(VoucherRejection Code, VoucherCheckState State, SignedVoucher Voucher)> steps = [];

        void Step(VoucherRejection code, VoucherCheckState state, SignedVoucher voucher)
        {
            steps.Add((code, state, voucher));
            broken = state;
        }

        Step(VoucherRejection.WithdrawPending, broken, ahead);
        Step(VoucherRejection.WithdrawDelayOutOfRange, broken with { Policy = broken.Policy with { MinWithdrawDelay = 90_000 } }, ahead);
        Step(VoucherRejection.WrongAuthorizer, broken with { Policy = broken.Policy with { PayeeAuthorizer = default } }, ahead);
        Step(VoucherRejection.WrongPayee, broken with { Policy = broken.Policy with { Payee = default } }, ahead);
        Step(VoucherRejection.WrongToken, broken with { Policy = broken.Policy with { Token = default } }, ahead);
        Step(VoucherRejection.WrongChannelId, broken with { Channel = broken.Channel! with { Terms = Terms(salt: Samples.Repeat(0)) } }, ahead);
        Step(VoucherRejection.WrongDomain, broken with { Channel = broken.Channel! with { Domain = new ChannelDomain(9, default) } }, ahead);
        Step(VoucherRejection.SignerExpired, broken with { Channel = broken.Channel! with { SignerExpiresAt = 0 } }, ahead);
        var stranger = ahead.Voucher.Sign(Samples.Domain, Samples.Payer);
        Step(VoucherRejection.WrongSigner, broken, stranger);
        var damaged = stranger with { Signature = default };
        Step(VoucherRejection.BadSignature, broken, damaged);
        Step(VoucherRejection.DoesNotCoverDelivery, broken, damaged with { Voucher = damaged.Voucher with { Cumulative = new TokenAmount(509) } });
        Step(VoucherRejection.AheadOfDelivery, broken, damaged with { Voucher = damaged.Voucher with { Cumulative = new TokenAmount(1711) } });
        var tooMuch = damaged with { Voucher = damaged.Voucher with { Cumulative = new TokenAmount(1_000_001) } };
        Step(VoucherRejection.AboveReserved, broken, tooMuch);
        Step(VoucherRejection.BelowClaimed, broken with { Channel = broken.Channel! with { Claimed = new TokenAmount(2_000_000) } }, tooMuch);
        var low = tooMuch with { Voucher = tooMuch.Voucher with { Cumulative = new TokenAmount(100) } };
        Step(VoucherRejection.NotAboveLast, broken, low);
        Step(VoucherRejection.WrongEpoch, broken with { Channel = broken.Channel! with { Epoch = 4 } }, low);
        Step(VoucherRejection.HeldByAnotherWriter, broken with { Channel = broken.Channel! with { IsHeldHere = false } }, low);
        Step(VoucherRejection.UnknownChannel, broken with { Channel = null }, low);
        Step(VoucherRejection.TooManyInvalid, broken with { TooManyInvalid = true }, low);

        Assert.All(steps, step => Assert.Equal(step.Code, VoucherRules.Check(step.State, step.Voucher).Code));
    }

    [Fact]
    public void Misbehaviour_IsWhatNoHonestClientSends()
    {
        var proofs = Enum.GetValues<VoucherRejection>().Where(VoucherRules.ProvesMisbehaviour);
        Assert.Equal([VoucherRejection.Malformed, VoucherRejection.BadSignature, VoucherRejection.WrongSigner], proofs);
    }

    private static ChannelTerms Terms(ulong delay = 86_400, Bytes32? salt = null) =>
        new(
            Samples.Payer.Address, Samples.Session.Address, Samples.Payee, Samples.Authorizer.Address, Samples.Token, delay,
            salt ?? Samples.Repeat(0x55));

    private static void Accepts(VoucherRejection code, VoucherCheckState state, SignedVoucher? voucher = null)
    {
        var outcome = VoucherRules.Check(state, voucher ?? Good);
        Assert.Equal(code, outcome.Code);
        Assert.Equal(
            code == VoucherRejection.Accepted ? VoucherOutcomeKind.Accepted : VoucherOutcomeKind.AcceptedWithoutCredit, outcome.Kind);
    }

    private static void Rejects(VoucherRejection code, VoucherCheckState state, SignedVoucher? voucher = null, bool resend = true)
    {
        if (!resend)
        {
            // The same amount as the last voucher, but not its bytes.
            state = state with { Channel = state.Channel! with { Last = state.Channel.Last!.Value with { Signature = default } } };
        }

        var outcome = VoucherRules.Check(state, voucher ?? Good);
        Assert.Equal(code, outcome.Code);
        Assert.Equal(VoucherOutcomeKind.Rejected, outcome.Kind);
        Assert.False(outcome.IsAccepted);
    }
}
