namespace BttProxy.UnitTests.Architecture.Coverage;

/// <summary>A check or an attack, and the tests that show it, each as Class.Method of either test project.</summary>
/// <param name="Id">V and a number for a relay's checks, a number for attacks.</param>
/// <param name="What">In short.</param>
/// <param name="Tests">None where <see cref="Lacks"/> says why.</param>
internal sealed record CoverageRow(string Id, string What, params string[] Tests)
{
    /// <summary>The codes with which it refuses.</summary>
    public Enum[] Codes { get; init; } = [];

    /// <summary>What the design does without, and why no test is needed.</summary>
    public string? Lacks { get; init; }
}
