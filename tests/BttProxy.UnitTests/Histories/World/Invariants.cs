using BttProxy.Protocol;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>What must hold after each step of any history. Each says in words what broke, or null.</summary>
internal static class Invariants
{
    /// <summary>Relays forgive that much of aborted responses over a channel's life, and 5 %.</summary>
    private const long ForgivenBase = 4L << 20;

    public static readonly IReadOnlyList<(string Name, Func<Evidence, string?> Broken)> All =
    [
        (nameof(ClaimedIsWithinReserved), ClaimedIsWithinReserved),
        (nameof(ClaimedNeverFalls), ClaimedNeverFalls),
        (nameof(ContractHoldsWhatItOwes), ContractHoldsWhatItOwes),
        (nameof(NoTokenAppearsOrVanishes), NoTokenAppearsOrVanishes),
        (nameof(PayeesHoldWhatIsClaimed), PayeesHoldWhatIsClaimed),
        (nameof(PayersSpendOnlyWhatTheySigned), PayersSpendOnlyWhatTheySigned),
        (nameof(AcknowledgedIsMoney), AcknowledgedIsMoney),
        (nameof(RelayLosesAtMostItsWindow), RelayLosesAtMostItsWindow),
        (nameof(WindowsAreEarned), WindowsAreEarned),
        (nameof(PayerLosesAtMostItsWindow), PayerLosesAtMostItsWindow),
        (nameof(PayerNeverSignsLower), PayerNeverSignsLower),
        (nameof(RelayBooksAreNotAheadOfTheChain), RelayBooksAreNotAheadOfTheChain),
    ];

    /// <returns>Name and reason of the first that does not hold.</returns>
    public static string? FirstBroken(Evidence evidence) =>
        All.Select(invariant => invariant.Broken(evidence) is { } why ? $"{invariant.Name}: {why}" : null).FirstOrDefault(static broken => broken is not null);

    /// <summary>In each channel, and in all together.</summary>
    public static string? ClaimedIsWithinReserved(Evidence evidence) => In(evidence, static books =>
        Each(books.Channels, static entry => entry.Value.Claimed <= entry.Value.Reserved ? null : $"channel {entry.Key} paid {entry.Value}")
        ?? (Sum(books.Channels.Values.Select(static channel => channel.Claimed)) <= Sum(books.Channels.Values.Select(static channel => channel.Reserved))
            ? null
            : "the sum of claims is above the sum of reserves"));

    public static string? ClaimedNeverFalls(Evidence evidence) =>
        Each(evidence.SolidBefore.Channels, entry =>
            !evidence.Solid.Channels.TryGetValue(entry.Key, out var now) ? $"channel {entry.Key} is gone"
            : now.Epoch < entry.Value.Epoch || (now.Epoch == entry.Value.Epoch && (now.Claimed < entry.Value.Claimed || now.Reserved < entry.Value.Reserved))
                ? $"channel {entry.Key} went from {entry.Value} to {now}"
            : null);

    /// <summary>Balance = liquid + reserved − swept.</summary>
    public static string? ContractHoldsWhatItOwes(Evidence evidence) => In(evidence, static books =>
    {
        var liquid = Sum(books.Deposits.Values);
        var reserved = Sum(books.Channels.Values.Select(static channel => channel.Reserved));
        var swept = Sum(books.Channels.Values.Select(static channel => channel.Claimed));
        return books.ContractBalance + swept == liquid + reserved
            ? null
            : $"the contract holds {books.ContractBalance}; liquid {liquid}, reserved {reserved}, swept {swept}";
    });

    public static string? NoTokenAppearsOrVanishes(Evidence evidence) => In(evidence, books =>
        Sum(books.Wallets.Values) + books.ContractBalance is var total && total == evidence.Supply ? null : $"there are {total} instead of {evidence.Supply}");

    /// <summary>A payee gets each unit that any epoch of its channels paid, once.</summary>
    public static string? PayeesHoldWhatIsClaimed(Evidence evidence) =>
        Each(evidence.Channels.GroupBy(static channel => channel.Payee), payee =>
        {
            var claimed = Sum(payee.Select(channel => channel.Final ?? Claimed(evidence, channel)));
            var held = evidence.Solid.Wallets[payee.Key] + evidence.Solid.Deposits[payee.Key];
            return held == claimed ? null : $"payee {payee.Key} holds {held} and its channels paid {claimed}";
        });

    /// <summary>Whatever happens, a payer's money goes nowhere but to what its keys signed.</summary>
    public static string? PayersSpendOnlyWhatTheySigned(Evidence evidence) =>
        Each(evidence.Channels, channel => (channel.Final ?? Claimed(evidence, channel)) <= channel.SignedMost
            ? null
            : $"channel {channel.Id} paid {channel.Final ?? Claimed(evidence, channel)} and {channel.SignedMost} was signed")
        ?? Each(evidence.Given, payer =>
        {
            var channels = evidence.Channels.Where(channel => channel.Payer == payer.Key).ToList();
            var open = Sum(channels.DistinctBy(static channel => channel.Id).Select(channel =>
                evidence.Solid.Channels.TryGetValue(channel.Id, out var state) ? state.Reserved - state.Claimed : 0));
            var left = evidence.Solid.Wallets[payer.Key] + evidence.Solid.Deposits[payer.Key] + open;
            var signed = Sum(channels.Select(static channel => channel.SignedMost));
            return left <= payer.Value && payer.Value - left <= signed ? null : $"payer {payer.Key} had {payer.Value}, has {left} and signed {signed}";
        });

    /// <summary>
    /// An honest relay's word is good: what it acknowledged it holds a voucher for that the contract would pay now, or it was paid when the
    /// epoch ended.
    /// </summary>
    public static string? AcknowledgedIsMoney(Evidence evidence) =>
        Each(evidence.Channels.Where(static channel => channel.IsRelayHonest), channel =>
            channel.Final is { } final ? (final >= channel.AcknowledgedMost ? null : $"channel {channel.Id} closed at {final} below {channel.AcknowledgedMost}")
            : channel.Best is not { } best ? null
            : best < channel.AcknowledgedMost ? $"the ledger has {best} of channel {channel.Id} and acknowledged {channel.AcknowledgedMost}"
            : channel.Judged is null or ClaimOutcome.Claimed or ClaimOutcome.AlreadyClaimed ? null
            : $"the contract would refuse the best voucher of channel {channel.Id}: {channel.Judged}");

    /// <summary>
    /// Content that no voucher pays: at most one window, one more for each time the relay's process was lost, and what its rule for aborted
    /// responses forgives; each session rounds by less than a unit.
    /// </summary>
    public static string? RelayLosesAtMostItsWindow(Evidence evidence) =>
        Each(evidence.Channels.Where(static channel => channel.IsRelayHonest), channel =>
        {
            if ((channel.Final ?? channel.Best) is not { } secured)
            {
                return null;
            }

            var forgiven = Math.Min(channel.Aborted, ForgivenBase + (channel.Delivered / 20));
            var bound = (channel.WindowMost * (1 + channel.RelayLosses)) + forgiven;
            // In millionths of a unit, so that nothing is rounded here.
            var worth = (UInt128)Math.Max(0, channel.Delivered - bound) * channel.Price.Units;
            return worth <= (secured + (UInt128)channel.Sessions) * ProtocolConstants.BytesPerMegabyte
                ? null
                : $"of channel {channel.Id} {channel.Delivered} bytes were delivered, {secured} units are sure, {bound} bytes may be lost";
        });

    /// <summary>A window is as large as at the start, or has been paid for.</summary>
    public static string? WindowsAreEarned(Evidence evidence) =>
        Each(evidence.Channels.Where(static channel => channel.IsRelayHonest), static channel =>
            channel.WindowMost <= Math.Min(HistoryRelay.WindowCeiling, HistoryRelay.WindowFloor + channel.PaidByPayer)
                ? null
                : $"a window of {channel.WindowMost} bytes after {channel.PaidByPayer} paid");

    /// <summary>
    /// An honest payer signs for what it verified and at most one window more, one more for each time that its memory of what it received was
    /// lost; each session rounds up once.
    /// </summary>
    public static string? PayerLosesAtMostItsWindow(Evidence evidence) =>
        Each(evidence.Channels.Where(static channel => channel.IsPayerHonest), static channel =>
        {
            var window = Math.Max(channel.IsRelayHonest ? channel.WindowMost : HistoryRelay.WindowCeiling, PayerSession.PieceLength);
            var bytes = channel.Verified + (window * (1 + channel.PayerLosses));
            var most = channel.Price.Owed(new ByteCount(bytes)).Units + (UInt128)channel.Sessions;
            return channel.SignedMost <= most ? null : $"on channel {channel.Id} {channel.SignedMost} is signed, {channel.Verified} bytes are verified: at most {most}";
        });

    /// <summary>Unless its memory was replaced by an older copy.</summary>
    public static string? PayerNeverSignsLower(Evidence evidence) =>
        Each(evidence.Channels.Where(static channel => channel is { IsPayerHonest: true, IsMemoryOld: false }), static channel =>
            channel.HasSignedLower ? $"channel {channel.Id} saw a second voucher at or below an earlier one" : null);

    public static string? RelayBooksAreNotAheadOfTheChain(Evidence evidence) =>
        Each(evidence.Channels, channel => channel.BookedClaimed is { } booked && booked > (channel.Final ?? Claimed(evidence, channel))
            ? $"the ledger has {booked} of channel {channel.Id} as claimed, the chain {Claimed(evidence, channel)}"
            : null);

    private static UInt128 Claimed(Evidence evidence, ChannelEvidence channel) =>
        evidence.Solid.Channels.TryGetValue(channel.Id, out var state) && state.Epoch == channel.Epoch ? state.Claimed : 0;

    private static string? In(Evidence evidence, Func<ContractBooks, string?> broken) =>
        broken(evidence.Solid) is { } solid ? $"solidified: {solid}" : broken(evidence.Head) is { } head ? $"newest: {head}" : null;

    private static string? Each<T>(IEnumerable<T> items, Func<T, string?> broken) => items.Select(broken).FirstOrDefault(static why => why is not null);

    private static UInt128 Sum(IEnumerable<UInt128> amounts) => amounts.Aggregate(UInt128.Zero, static (sum, next) => checked(sum + next));
}
