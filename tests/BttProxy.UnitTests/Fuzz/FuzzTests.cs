using Xunit;

namespace BttProxy.UnitTests.Fuzz;

/// <summary>
/// Mutated inputs never make a parser throw anything but its own refusal, and never make it allocate by a number that they name. The
/// inputs follow from the seed, so a failure is the same failure everywhere.
/// </summary>
public sealed class FuzzTests
{
    private const int Seed = 20261126;

    // Of each parser: some thousand with each build, a million by the explicit test.
    private const int FewInputs = 5000;
    private const int ManyInputs = 1_000_000;

    // Exceptions, assertions and the cost of a parsed value of two bytes; far below what a claimed size would ask for.
    private const int AllocatedAtLeast = 256 * 1024;
    private const int AllocatedPerByte = 1024;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void MutatedInputs_AreReadOrRefused(string target) => Run(target, FewInputs, Seed);

    /// <summary>Run by itself, see .ci/run.</summary>
    [Fact(Explicit = true)]
    public void MillionMutatedInputsEach_AreReadOrRefused() =>
        Parallel.ForEach(FuzzTargets.All.Keys, target => Run(target, ManyInputs, Seed + 1));

    [Theory]
    [MemberData(nameof(Targets))]
    public void SeedCorpus_IsThereAndIsReadOrRefused(string target)
    {
        var corpus = Corpus.Load(target);
        Assert.NotEmpty(corpus);
        var run = FuzzTargets.All[target]();
        foreach (var input in corpus)
        {
            Check(target, run, input, origin: "corpus");
        }
    }

    private static void Run(string target, int count, int seed)
    {
        var mutator = new Mutator(Corpus.Load(target), seed);
        var run = FuzzTargets.All[target]();
        for (var i = 0; i < count; i++)
        {
            Check(target, run, mutator.Next(), $"seed {seed}, input {i}");
        }
    }

    private static void Check(string target, Action<byte[]> run, byte[] input, string origin)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            run(input);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{target}, {origin}: {Convert.ToBase64String(input)}", exception);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(
            allocated <= AllocatedAtLeast + ((long)input.Length * AllocatedPerByte),
            $"{target}, {origin}: {allocated} bytes allocated for {Convert.ToBase64String(input)}");
    }
}
