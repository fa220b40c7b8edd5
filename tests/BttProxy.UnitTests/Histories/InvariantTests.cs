using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.UnitTests.Histories.World;
using Xunit;

namespace BttProxy.UnitTests.Histories;

/// <summary>Each invariant of the histories holds in a sound world, and breaks when one thing in it is wrong.</summary>
public sealed class InvariantTests
{
    private static readonly TronAddress Payer = new([.. new byte[19], 1]);
    private static readonly TronAddress Payee = new([.. new byte[19], 2]);
    private static readonly ChannelId Id = new(Keccak256.Hash([1]));
    private static readonly PricePerMegabyte Price = new(1_000_000);

    // At this price a byte costs a unit: 50,000 were delivered and verified, 45,000 signed and acknowledged, 40,000 claimed of 60,000.
    private static readonly ContractBooks Books = new()
    {
        ContractBalance = 120_000,
        Wallets = ImmutableDictionary<TronAddress, UInt128>.Empty.Add(Payer, 40_000).Add(Payee, 40_000),
        Deposits = ImmutableDictionary<TronAddress, UInt128>.Empty.Add(Payer, 100_000).Add(Payee, 0),
        Channels = ImmutableDictionary<ChannelId, ChannelState>.Empty.Add(Id, new ChannelState(1, 40_000, 60_000)),
    };

    private static readonly ChannelEvidence Channel = new()
    {
        Id = Id, Epoch = 1, Payer = Payer, Payee = Payee, IsPayerHonest = true, IsRelayHonest = true, Price = Price,
        Delivered = 50_000, Aborted = 0, Verified = 50_000, SignedMost = 45_000, AcknowledgedMost = 45_000, WindowMost = HistoryRelay.WindowFloor,
        HasSignedLower = false, IsMemoryOld = false, Sessions = 1, RelayLosses = 0, PayerLosses = 0, PaidByPayer = 45_000,
        Best = 45_000, Judged = ClaimOutcome.Claimed, BookedClaimed = 40_000,
    };

    private static readonly Evidence Sound = new()
    {
        Head = Books, Solid = Books, SolidBefore = Books, Supply = 200_000,
        Given = ImmutableDictionary<TronAddress, UInt128>.Empty.Add(Payer, 200_000),
        Channels = [Channel],
    };

    public static TheoryData<string> Names => [.. Invariants.All.Select(static invariant => invariant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void SoundWorld_Holds(string name) => Assert.Null(Invariants.All.Single(invariant => invariant.Name == name).Broken(Sound));

    [Fact]
    public void ClaimAboveReserve_IsSeen() => Breaks(nameof(Invariants.ClaimedIsWithinReserved), Sound with { Head = With(new ChannelState(1, 60_001, 60_000)) });

    [Theory]
    [InlineData(1, 39_999, 60_000)]
    [InlineData(1, 40_000, 59_999)]
    [InlineData(0, 40_000, 60_000)]
    public void FallingClaimReserveOrEpoch_IsSeen(ulong epoch, int claimed, int reserved) =>
        Breaks(nameof(Invariants.ClaimedNeverFalls), Sound with { Solid = With(new ChannelState(epoch, (UInt128)claimed, (UInt128)reserved)) });

    [Fact]
    public void LostChannel_IsSeen() =>
        Breaks(nameof(Invariants.ClaimedNeverFalls), Sound with { Solid = Books with { Channels = ImmutableDictionary<ChannelId, ChannelState>.Empty } });

    [Theory]
    [InlineData(119_999)]
    [InlineData(120_001)]
    public void ContractThatHoldsAnotherAmountThanItOwes_IsSeen(int held) =>
        Breaks(nameof(Invariants.ContractHoldsWhatItOwes), Sound with { Head = Books with { ContractBalance = (UInt128)held } });

    [Fact]
    public void TokenOutOfNowhere_IsSeen() => Breaks(
        nameof(Invariants.NoTokenAppearsOrVanishes), Sound with { Head = Books with { Wallets = Books.Wallets.SetItem(Payer, 40_001) } });

    [Theory]
    [InlineData(39_999)]
    [InlineData(80_000)]
    public void PayeePaidTooLittleOrTwice_IsSeen(int held) => Breaks(
        nameof(Invariants.PayeesHoldWhatIsClaimed), Sound with { Solid = Books with { Wallets = Books.Wallets.SetItem(Payee, (UInt128)held) } });

    [Fact]
    public void ChannelThatPaidMoreThanWasSigned_IsSeen() =>
        Breaks(nameof(Invariants.PayersSpendOnlyWhatTheySigned), Sound with { Channels = [Channel with { SignedMost = 39_999 }] });

    [Fact]
    public void PayerWhoseMoneyIsGone_IsSeen() => Breaks(
        nameof(Invariants.PayersSpendOnlyWhatTheySigned), Sound with { Solid = Books with { Deposits = Books.Deposits.SetItem(Payer, 90_000) } });

    [Fact]
    public void LostVoucher_IsSeen() => Breaks(nameof(Invariants.AcknowledgedIsMoney), Sound with { Channels = [Channel with { Best = 44_999 }] });

    [Fact]
    public void VoucherThatTheContractRefuses_IsSeen() =>
        Breaks(nameof(Invariants.AcknowledgedIsMoney), Sound with { Channels = [Channel with { Judged = ClaimOutcome.BadSignature }] });

    [Fact]
    public void EpochThatClosedBelowTheVoucher_IsSeen() =>
        Breaks(nameof(Invariants.AcknowledgedIsMoney), Sound with { Channels = [Channel with { Final = 44_999 }] });

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(0, 1_000, 1)]
    public void ContentBeyondTheWindow_IsSeen(int relayLosses, int aborted, int windows)
    {
        // The last one is the session's rounding.
        var most = 45_000 + (windows * HistoryRelay.WindowFloor) + aborted + 1;
        var channel = Channel with { RelayLosses = relayLosses, Aborted = aborted, Delivered = most };
        Assert.Null(Invariants.RelayLosesAtMostItsWindow(Sound with { Channels = [channel] }));
        Breaks(nameof(Invariants.RelayLosesAtMostItsWindow), Sound with { Channels = [channel with { Delivered = most + 1 }] });
    }

    [Fact]
    public void WindowThatNobodyPaidFor_IsSeen() => Breaks(
        nameof(Invariants.WindowsAreEarned), Sound with { Channels = [Channel with { WindowMost = HistoryRelay.WindowFloor + 45_001 }] });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void PayerWhoSignsBeyondTheWindow_IsSeen(int losses)
    {
        var most = 50_000 + (UInt128)(HistoryRelay.WindowFloor * (1 + losses)) + 1;
        var channel = Channel with { PayerLosses = losses, SignedMost = most };
        Assert.Null(Invariants.PayerLosesAtMostItsWindow(Sound with { Channels = [channel] }));
        Breaks(nameof(Invariants.PayerLosesAtMostItsWindow), Sound with { Channels = [channel with { SignedMost = most + 1 }] });
    }

    [Fact]
    public void LowerVoucher_IsSeen() =>
        Breaks(nameof(Invariants.PayerNeverSignsLower), Sound with { Channels = [Channel with { HasSignedLower = true }] });

    [Fact]
    public void LedgerAheadOfTheChain_IsSeen() =>
        Breaks(nameof(Invariants.RelayBooksAreNotAheadOfTheChain), Sound with { Channels = [Channel with { BookedClaimed = 40_001 }] });

    private static ContractBooks With(ChannelState state) => Books with { Channels = Books.Channels.SetItem(Id, state) };

    private static void Breaks(string name, Evidence evidence) =>
        Assert.NotNull(Invariants.All.Single(invariant => invariant.Name == name).Broken(evidence));
}
