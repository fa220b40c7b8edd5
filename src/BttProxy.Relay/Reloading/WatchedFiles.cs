using System.Security.Cryptography;

namespace BttProxy.Relay.Reloading;

/// <summary>
/// Tells by their contents when files have changed: what Kubernetes mounts is swapped as a whole directory behind a link, which neither times nor
/// notifications of the file tell.
/// </summary>
internal static class WatchedFiles
{
    public static string Fingerprint(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
        {
            hash.AppendData(HashOf(path));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static byte[] HashOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return SHA256.HashData(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that cannot be read is a state like any other; reading it as a configuration says what is wrong.
            return [];
        }
    }
}
