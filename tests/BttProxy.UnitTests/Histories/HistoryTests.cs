using System.Security.Cryptography;
using BttProxy.UnitTests.Histories.World;
using Xunit;

namespace BttProxy.UnitTests.Histories;

/// <summary>Generated histories of three payers and three relays against the contract's bytecode; tests/figures histories runs thousands.</summary>
public sealed class HistoryTests
{
    private const int Histories = 15;
    private const int Steps = 40;
    private const int Seed = 4;

    public static TheoryData<int> Seeds => [Seed, RandomNumberGenerator.GetInt32(int.MaxValue - Histories)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task AnyHistory_KeepsTheBooks(int seed)
    {
        for (var i = 0; i < Histories; i++)
        {
            var history = History.Generate(seed + i, Steps);
            var run = await HistoryRun.RunAsync(history);
            if (run.Broken is { } broken)
            {
                Assert.Fail($"Seed {seed + i}: {broken}\n{await HistoryRun.ShrinkAsync(history, broken)}");
            }
        }
    }

    /// <summary>
    /// A relay says that its window is a petabyte and that all the channel holds is owed, to a client that has just lost its memory of what it
    /// received. The client believes one window then, which it must not take from the relay's answer.
    /// </summary>
    [Fact]
    public async Task AbsurdWindowAfterALoss_CostsThePayerNoMoreThanTheRecordsWindow()
    {
        var history = new History(1, 0, [
            new(StepKind.Open, 0, 1, 65_535), new(StepKind.Fetch, 0, 0, 40_000), new(StepKind.Fetch, 0, 0, 40_000), new(StepKind.Pay, 0, 0, 0),
            new(StepKind.LosePayer, 0, 0, 0), new(StepKind.RelayLies, 0, 0, 1), new(StepKind.Open, 0, 1, 65_535),
        ]);
        var run = await HistoryRun.RunAsync(history);
        Assert.Equal((null, history.Steps.Count, 2), (run.Broken, run.Steps, run.Sessions));
    }

    /// <summary>A voucher over one unit, which pays no whole byte, and a second session: the debt of the first was rounded to a byte less.</summary>
    [Fact]
    public async Task PaymentOfLessThanAByteBeforeASecondSession_BuysNothingBeyondTheWindow()
    {
        var history = new History(1, 17, [
            new(StepKind.Open, 13, 49, 48_577), new(StepKind.Pay, 37, 0, 16_048), new(StepKind.Fetch, 43, 62, 62_635),
            new(StepKind.Close, 52, 49, 1_305), new(StepKind.Open, 55, 10, 32_899), new(StepKind.Fetch, 34, 45, 49_899),
        ]);
        var run = await HistoryRun.RunAsync(history);
        Assert.Equal((null, history.Steps.Count, 2), (run.Broken, run.Steps, run.Sessions));
    }
}
