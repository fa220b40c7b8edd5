namespace BttProxy.Client.Wallets;

/// <summary>A file that nobody but its owner reads: created once with mode 0600, never overwritten.</summary>
internal static class PrivateFile
{
    /// <exception cref="ClientException">The file exists (<see cref="ExitCode.Wallet"/>), or cannot be written.</exception>
    public static async Task CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        // Written aside and renamed, so that a full disk or a crash leaves no half file behind.
        var draft = path + ".new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            // One that a crash left behind keeps its mode, which need not be ours.
            File.Delete(draft);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            var file = new FileStream(draft, options);
            await using (file)
            {
                await file.WriteAsync(content, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
            RefuseExisting(path);
            throw;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ExitCode.Disk, $"{path} cannot be written: {failure.Message}", failure);
        }
    }

    /// <exception cref="ClientException">The file exists: asked before the user types a password.</exception>
    public static void RefuseExisting(string path)
    {
        if (File.Exists(path))
        {
            throw new ClientException(ExitCode.Wallet, $"{path} exists already and is never overwritten. Name another file.");
        }
    }
}
