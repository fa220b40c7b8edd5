using System.Xml.Linq;
using Xunit;

namespace BttProxy.UnitTests.Architecture;

/// <summary>References point down only, and siblings never see each other. Whoever changes this table changes the design.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly string[] Rules = ["BttProxy.BitTorrent", "BttProxy.Protocol"];
    private static readonly string[] Programs =
        ["BttProxy.BitTorrent", "BttProxy.Discovery", "BttProxy.Ledger", "BttProxy.Protocol", "BttProxy.Tron"];
    private static readonly string[] Everything =
        ["BttProxy.BitTorrent", "BttProxy.Client", "BttProxy.Devnet", "BttProxy.Discovery",
         "BttProxy.Ledger", "BttProxy.Protocol", "BttProxy.Relay", "BttProxy.Tron"];

    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["BttProxy.Protocol"] = [],
        ["BttProxy.BitTorrent"] = [],
        ["BttProxy.Discovery"] = Rules,
        ["BttProxy.Ledger"] = ["BttProxy.Protocol"],
        ["BttProxy.Tron"] = ["BttProxy.Protocol"],
        ["BttProxy.Relay"] = Programs,
        ["BttProxy.Client"] = Programs,
        ["BttProxy.Devnet"] = [.. Everything.Where(name => name != "BttProxy.Devnet")],
        ["BttProxy.UnitTests"] = Everything,
        ["BttProxy.FunctionalTests"] = Everything,
        ["BttProxy.Benchmarks"] = Everything,
        // The chart's suite builds it; it is not in the solution.
        ["Manifests"] = [],
    };

    public static TheoryData<string> AllProjects =>
        [.. Repository.Projects("src").Concat(Repository.Projects("tests")).Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Fact]
    public void Solution_HoldsExactlyTheProjectsOfTheTable()
    {
        var found = AllProjects.Select(row => Path.GetFileNameWithoutExtension(row.Data)).Order(StringComparer.Ordinal);
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), found);
    }

    [Theory]
    [MemberData(nameof(AllProjects))]
    public void EachProject_ReferencesOnlyWhatTheTableAllows(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        Assert.Equal(Allowed[name].Order(StringComparer.Ordinal), Repository.ReferencesOf(Path.Combine(Repository.Root, project)));
    }

    [Theory]
    [MemberData(nameof(AllProjects))]
    public void EachProject_LeavesVersionsAndRulesToTheSharedFiles(string project)
    {
        var document = XDocument.Load(Path.Combine(Repository.Root, project));
        string[] shared = ["TargetFramework", "TargetFrameworks", "NoWarn", "TreatWarningsAsErrors", "DisableTransitiveProjectReferences"];

        Assert.DoesNotContain(document.Descendants("PackageReference"), reference => reference.Attribute("Version") is not null
            || reference.Attribute("VersionOverride") is not null || reference.Element("Version") is not null);
        Assert.DoesNotContain(document.Descendants(), element => shared.Contains(element.Name.LocalName));
    }

    [Fact]
    public void SharedProperties_HideTransitiveReferencesAndTreatWarningsAsErrors()
    {
        var properties = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        Assert.Equal("true", properties.Descendants("DisableTransitiveProjectReferences").Single().Value);
        Assert.Equal("true", properties.Descendants("TreatWarningsAsErrors").Single().Value);
    }
}
