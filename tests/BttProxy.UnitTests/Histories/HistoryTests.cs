using System.Security.Cryptography;
using BttProxy.UnitTests.Histories.World;
using Xunit;

namespace BttProxy.UnitTests.Histories;

/// <summary>Generated histories of three payers and three relays against the contract's bytecode; tests/figures histories runs thousands.</summary>
public sealed class HistoryTests
{
    private const int Histories = 60;
    private const int Steps = 50;
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
}
