using System.Text.RegularExpressions;
using BttProxy.Protocol.Messages;
using Xunit;

namespace BttProxy.UnitTests.Architecture.Coverage;

/// <summary>Every check of a voucher and every attack of the threat list has tests that exist, or says what is missing.</summary>
public sealed partial class CoverageTests
{
    private static readonly Lazy<HashSet<string>> Tests = new(FindTests);

    [Fact]
    public void Checks_AreAllListed() =>
        Assert.Equal(Enumerable.Range(1, 30).Select(static number => $"V{number}"), VoucherChecks.Rows.Select(static row => row.Id));

    [Fact]
    public void Attacks_AreAllListed() =>
        Assert.Equal(Enumerable.Range(1, 45).Select(static number => $"{number}"), MoneyAttacks.Rows.Select(static row => row.Id));

    [Fact]
    public void EveryRow_HasATestOrAReason() =>
        Assert.All(All, static row => Assert.True(row.Tests.Length > 0 || row.Lacks is not null, row.Id));

    [Fact]
    public void EveryNamedTest_Exists() =>
        Assert.All(All, static row => Assert.Equal(row.Tests, row.Tests.Where(Tests.Value.Contains)));

    [Fact]
    public void EveryRefusalOfAVoucher_BelongsToACheck() =>
        Assert.Equal(
            Enum.GetValues<VoucherRejection>().Except([VoucherRejection.Accepted]),
            All.SelectMany(static row => row.Codes).OfType<VoucherRejection>().Distinct().Order());

    private static IEnumerable<CoverageRow> All => [.. VoucherChecks.Rows, .. MoneyAttacks.Rows];

    /// <summary>Class.Method of every test of both projects, from their sources: this one does not refer to the other.</summary>
    private static HashSet<string> FindTests()
    {
        var tests = new HashSet<string>();
        foreach (var file in new[] { "tests/BttProxy.UnitTests", "tests/BttProxy.FunctionalTests" }.SelectMany(Repository.SourceFiles))
        {
            var (name, isTest) = ("", false);
            foreach (var line in File.ReadLines(file))
            {
                name = ClassLine().Match(line) is { Success: true } declared ? declared.Groups[1].Value : name;
                isTest |= AttributeLine().IsMatch(line);
                if (MethodLine().Match(line) is { Success: true } method)
                {
                    _ = isTest && tests.Add($"{name}.{method.Groups[1].Value}");
                    isTest = false;
                }
            }
        }

        return tests;
    }

    [GeneratedRegex(@"^(?:public|internal) .*\bclass (\w+)")]
    private static partial Regex ClassLine();

    [GeneratedRegex(@"^    \[(?:Fact|Theory)\b(?!.*Skip)")]
    private static partial Regex AttributeLine();

    [GeneratedRegex(@"^    (?:public|private|internal|protected) .*?(\w+)\(")]
    private static partial Regex MethodLine();
}
