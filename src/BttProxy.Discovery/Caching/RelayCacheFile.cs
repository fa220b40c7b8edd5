namespace BttProxy.Discovery.Caching;

/// <summary>The cache's file: read whole, replaced whole, so a crash leaves the old or the new one.</summary>
internal sealed class RelayCacheFile(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <returns>Null when there is no file yet.</returns>
    /// <exception cref="InvalidDataException">Not a cache.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task<RelayCacheDocument?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true);
            await using var closing = file.ConfigureAwait(false);
            if (file.Length > RelayCacheDocument.MaxBytes)
            {
                throw new InvalidDataException($"it is longer than {RelayCacheDocument.MaxBytes} bytes");
            }

            var json = new byte[file.Length];
            await file.ReadExactlyAsync(json, cancellationToken).ConfigureAwait(false);
            return RelayCacheDocument.Parse(json);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public async Task WriteAsync(RelayCacheDocument document, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var temporary = $"{Path}.{Guid.NewGuid():N}.tmp";
        try
        {
            await File.WriteAllBytesAsync(temporary, document.ToJson(), cancellationToken).ConfigureAwait(false);
            File.Move(temporary, Path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
