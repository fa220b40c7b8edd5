using System.Runtime.CompilerServices;

namespace BttProxy.UnitTests.Fuzz;

/// <summary>The inputs that fuzzing begins with: files in the folder "corpus", a folder per parser.</summary>
internal static class Corpus
{
    public static byte[][] Load(string target) =>
        [.. Directory.EnumerateFiles(Path.Combine(Folder(), target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static string Folder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "corpus");
}
