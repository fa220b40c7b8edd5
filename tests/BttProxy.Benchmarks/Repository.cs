namespace BttProxy.Benchmarks;

/// <summary>The working copy that this program was built in: scripts of the tests are run from there.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? directory)
    {
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "BttProxy.sln")))
        {
            directory = directory.Parent;
        }
        return directory?.FullName ?? throw new InvalidOperationException("The figures run from a working copy of the repository.");
    }
}
