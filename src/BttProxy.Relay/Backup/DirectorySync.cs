using System.Runtime.InteropServices;

namespace BttProxy.Relay.Backup;

/// <summary>Makes a rename durable: POSIX asks for fsync(2) of the directory. Elsewhere the file system sees to it.</summary>
internal static partial class DirectorySync
{
    // fcntl.h: O_RDONLY. asm-generic/errno-base.h: EINVAL, by file systems that have no such thing.
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;

    /// <exception cref="IOException">The disk failed.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var handle = Open(directory, ReadOnly);
        if (handle < 0)
        {
            throw Failed();
        }

        try
        {
            if (Sync(handle) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            {
                throw Failed();
            }
        }
        finally
        {
            _ = Close(handle);
        }

        IOException Failed()
        {
            var error = Marshal.GetLastPInvokeError();
            return new IOException($"'{directory}' cannot be synced: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
