namespace BttProxy.Relay.Operations;

/// <summary>The disk under a directory.</summary>
internal static class Volume
{
    /// <summary>Null when the volume does not tell.</summary>
    public static long? FreeBytes(string directory)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
