using Xunit;

namespace BttProxy.UnitTests.Architecture;

public sealed class RepositoryLayoutTests
{
    /// <summary>A file this long has a second responsibility.</summary>
    private const int LongestSourceFile = 400;

    /// <summary>One screen: longer texts are not read.</summary>
    private const int LongestProjectReadme = 60;

    private static readonly string[] TopLevel =
        ["src", "tests", "relay-config", "helm", "BttProxy.sln", "README.md", "LICENSE",
         "Directory.Build.props", "Directory.Packages.props", "global.json"];

    public static TheoryData<string> ProductProjects =>
        [.. Repository.Projects("src").Select(file => Path.GetFileNameWithoutExtension(file))];

    [Fact]
    public void TopLevel_HoldsOnlyTheAgreedEntries()
    {
        var ignored = File.ReadAllLines(Path.Combine(Repository.Root, ".gitignore")).Select(line => line.TrimEnd('/'));
        var entries = Directory.EnumerateFileSystemEntries(Repository.Root)
            .Select(entry => Path.GetFileName(entry))
            .Where(name => name[0] != '.');
        Assert.Empty(entries.Except(TopLevel).Except(ignored));
    }

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void EachProject_HasAReadmeOfOneScreen(string project)
    {
        var readme = Path.Combine(Repository.Root, "src", project, "README.md");
        Assert.True(File.Exists(readme), $"src/{project}/README.md is missing.");
        Assert.InRange(File.ReadAllLines(readme).Length, 5, LongestProjectReadme);
    }

    [Fact]
    public void SourceFiles_StayShortEnoughToRead()
    {
        var tooLong = Repository.SourceFiles("src").Concat(Repository.SourceFiles("tests"))
            .Where(file => File.ReadLines(file).Count() > LongestSourceFile)
            .Select(file => Path.GetRelativePath(Repository.Root, file));
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Namespaces_FollowProjectAndFolder()
    {
        var wrong = Repository.SourceFiles("src").Concat(Repository.SourceFiles("tests"))
            .Where(file => DeclaredNamespace(file) is { } declared && declared != ExpectedNamespace(file))
            .Select(file => Path.GetRelativePath(Repository.Root, file));
        Assert.Empty(wrong);
    }

    private static string? DeclaredNamespace(string file) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';', ' ');

    private static string ExpectedNamespace(string file) =>
        string.Join('.', Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(file)!).Split(Path.DirectorySeparatorChar)[1..]);
}
