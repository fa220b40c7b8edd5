using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using CsCheck;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

public sealed class PagePlanTests
{
    private const int Room = 20;

    private static readonly Gen<BackupCopy> AnyCopy = AnyEntry.List[0, 40].Select(entries =>
        After(Plan(Copy(), Knowing(Best(entries).Values))));

    private static readonly Gen<LedgerView> AnyLedger = AnyEntry.List[0, 40].Select(entries => Knowing(Best(entries).Values));

    [Fact]
    public void EmptyLedger_ChangesNothing() => AnyCopy.Sample(copy =>
    {
        var plan = Plan(copy, Nothing);

        Assert.Empty(plan.Changed);
        Assert.Equal(Best(copy.Entries), Best(plan.Pages.SelectMany(page => page.Entries)));
        Assert.Equal(Best(copy.Entries).Count, plan.Ahead.Length);
    });

    [Fact]
    public void WhateverTheLedgerHas_NoVoucherIsLoweredOrLost() => Gen.Select(AnyCopy, AnyLedger).Sample((copy, ledger) =>
    {
        var after = Best(Plan(copy, ledger).Pages.SelectMany(page => page.Entries));

        foreach (var (id, before) in Best(copy.Entries))
        {
            Assert.True(ledger.IsSettled(before) || (after.TryGetValue(id, out var now) && now.Covers(before)), $"{id} was lowered");
        }

        foreach (var entry in ledger.Unclaimed)
        {
            Assert.True(after[entry.Id.ToString()].Covers(entry), $"{entry.Id} is not backed up");
        }
    });

    [Fact]
    public void WrittenTwice_IsWrittenOnce() => Gen.Select(AnyCopy, AnyLedger).Sample((copy, ledger) =>
        Assert.Empty(Plan(After(Plan(copy, ledger)), ledger).Changed));

    // Two machines with the same keys, whose ledgers know nothing of each other.
    [Fact]
    public void OrderOfWriters_MakesNoDifference() => Gen.Select(AnyEntry.List[0, 30], AnyEntry.List[0, 30]).Sample((left, right) =>
    {
        var (one, other) = (Unsettling(left), Unsettling(right));

        Assert.Equal(
            Best(After(Plan(After(Plan(Copy(), one)), other)).Entries),
            Best(After(Plan(After(Plan(Copy(), other)), one)).Entries));

        // Neither of these ledgers has seen an epoch end.
        static LedgerView Unsettling(List<BackupEntry> entries) =>
            Knowing(Best(entries.Select(e => Entry(IndexOf(e), e.Voucher.Voucher.Cumulative.Units))).Values);
    });

    [Fact]
    public void InterruptedAfterAnyPage_NothingIsLost() => Gen.Select(AnyCopy, AnyEntry.List[0, 30], AnyLedger).Sample((copy, older, ledger) =>
    {
        // Versions of a page that lag behind give entries that are on several pages, or on none.
        var scattered = copy with { Older = [.. older] };
        var plan = Plan(scattered, ledger);
        var pages = copy.Pages.ToDictionary(page => page.Number);
        foreach (var page in plan.Changed)
        {
            pages[page.Number] = page;
            var now = Best(pages.Values.SelectMany(p => p.Entries).Concat(older));
            foreach (var (id, before) in Best(scattered.Entries))
            {
                Assert.True(ledger.IsSettled(before) || now[id].Covers(before), $"{id} was lost half-way");
            }
        }
    });

    [Fact]
    public void Pages_AreWithinTheirBounds() => Gen.Select(AnyCopy, AnyLedger, Gen.Int[1, 4]).Sample((copy, ledger, room) =>
    {
        var few = copy with { Pages = [.. copy.Pages.Where(page => page.Number < room)] };
        var plan = PagePlan.Make(few, ledger, TokenAmount.Zero, room);

        Assert.All(plan.Pages, page => Assert.InRange(page.Number, 0, room - 1));
        Assert.All(plan.Pages, page => Assert.InRange(page.Entries.Length, 0, PageCodec.Capacity));
        Assert.All(plan.Pages, page => Assert.All(page.Entries, e => Assert.True(PageCodec.ShareParties(e.Terms, page.Entries[0].Terms))));
        var placed = plan.Pages.SelectMany(page => page.Entries).Select(e => e.Id).ToList();
        Assert.Equal(placed.Count, placed.Distinct().Count());
        Assert.Empty(placed.Intersect(plan.LeftOut.Select(e => e.Id)));
    });

    [Fact]
    public void ChannelOnTwoPages_IsKeptOnTheFirstWithTheBetterVoucher()
    {
        var plan = Plan(Copy(Page(0, Entry(1, 5)), Page(1, Entry(1, 9), Entry(2, 3))), Nothing);

        Assert.Equal([Entry(1, 9)], plan.Changed[0].Entries);
        Assert.Equal((0, 1), (plan.Changed[0].Number, plan.Changed[1].Number));
        Assert.Equal([Entry(2, 3)], plan.Changed[1].Entries);
    }

    [Fact]
    public void LaterEpoch_WinsOverAHigherAmount() =>
        Assert.Equal([Entry(1, 2, epoch: 1)], Plan(Copy(Page(0, Entry(1, 9))), Knowing([Entry(1, 2, epoch: 1)])).Pages[0].Entries);

    [Fact]
    public void ClaimedInFull_Goes() => Assert.Empty(Plan(Copy(Page(0, Entry(1, 9))), Knowing([Entry(1, 9)], claimed: 9)).Pages[0].Entries);

    [Fact]
    public void ClaimedInPart_Stays() => Assert.Empty(Plan(Copy(Page(0, Entry(1, 9))), Knowing([Entry(1, 9)], claimed: 8)).Changed);

    [Fact]
    public void SmallValue_WaitsUntilItIsAboveTheLimit()
    {
        Assert.Empty(PagePlan.Make(Copy(), Knowing([Entry(1, 10)]), new TokenAmount(10), Room).Pages);
        Assert.Single(PagePlan.Make(Copy(), Knowing([Entry(1, 11)]), new TokenAmount(10), Room).Pages);
        Assert.Single(PagePlan.Make(Copy(Page(0, Entry(1, 3))), Knowing([Entry(1, 4)]), new TokenAmount(10), Room).Changed);
    }

    [Fact]
    public void UnreadablePage_IsNeitherUsedNorWritten()
    {
        var plan = Plan(new BackupCopy([], [], [0, 1]), Knowing([Entry(1, 9)]));

        Assert.Equal(2, Assert.Single(plan.Changed).Number);
    }

    [Fact]
    public void WithoutRoom_WhatTheLedgerLacksStaysAndThenTheMostValuable()
    {
        var lost = Enumerable.Range(0, 4).Select(i => Entry(i, 1)).ToArray();
        var rich = Entry(100, 50);
        var plan = PagePlan.Make(Copy(Page(0, lost)), Knowing([Entry(101, 2), rich, Entry(102, 3)]), TokenAmount.Zero, maxPages: 1);

        Assert.Equal([.. lost, rich], plan.Pages[0].Entries);
        Assert.Equal([Entry(102, 3), Entry(101, 2)], plan.LeftOut);
    }

    [Fact]
    public void BetterThanTheLedger_IsSaid() =>
        Assert.Equal([Entry(1, 9)], Plan(Copy(Page(0, Entry(1, 9), Entry(2, 3))), Knowing([Entry(1, 8), Entry(2, 4)])).Ahead);

    private static PagePlan Plan(BackupCopy copy, LedgerView ledger) => PagePlan.Make(copy, ledger, TokenAmount.Zero, Room);

    private static int IndexOf(BackupEntry entry) => Enumerable.Range(0, 31).First(i => Terms(i).Payer == entry.Terms.Payer);
}
