using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace BttProxy.UnitTests.Architecture;

/// <summary>The working tree that these tests were compiled from.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = ["artifacts", ".git", "bin", "obj", "node_modules"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Projects(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    public static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file[Root.Length..].Split(Path.DirectorySeparatorChar).Any(Skipped.Contains));

    public static IEnumerable<string> ReferencesOf(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal);

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(folder.FullName, "BttProxy.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No BttProxy.sln above {thisFile}.");
        }

        return folder.FullName;
    }
}
