using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BttProxy.BitTorrent.Storage;

/// <summary>
/// Gives the blocks of a part of a file back to the disk; the part reads as zeros afterwards. Linux only (fallocate(2)), and there on ext4,
/// XFS, Btrfs, tmpfs and most others.
/// </summary>
internal static partial class HolePunch
{
    // linux/falloc.h
    private const int KeepSize = 0x01;
    private const int PunchHole = 0x02;

    // asm-generic/errno-base.h and errno.h
    private const int Interrupted = 4;
    private const int NotImplemented = 38;
    private const int NotSupported = 95;

    private const int ProbeLength = 64 * 1024;

    /// <summary>True when files of the directory can be given back in part.</summary>
    public static bool IsSupportedAt(string directory)
    {
        var path = Path.Join(directory, ".hole");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        RandomAccess.SetLength(file, ProbeLength);
        return TryPunch(file, 0, ProbeLength);
    }

    /// <returns>False when this system or this disk cannot.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public static bool TryPunch(SafeFileHandle file, long offset, long length)
    {
        // A 32-bit C library takes 32-bit offsets under this name.
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return false;
        }
        while (Allocate(file, KeepSize | PunchHole, offset, length) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is NotSupported or NotImplemented)
            {
                return false;
            }
            if (error != Interrupted)
            {
                throw new IOException($"Blocks cannot be given back: {Marshal.GetPInvokeErrorMessage(error)}", error);
            }
        }
        return true;
    }

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
