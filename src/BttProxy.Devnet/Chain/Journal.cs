using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BttProxy.Tron;

namespace BttProxy.Devnet.Chain;

/// <summary>
/// An append-only file of lines "checksum json", each synced before its transaction counts. A last line that a crash cut
/// short never counted and is removed; damage anywhere else is an error.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const int ChecksumLength = 16;

    private readonly FileStream _file;
    private long _length;

    private Journal(FileStream file, long length)
    {
        _file = file;
        _length = length;
    }

    /// <summary>Opens or creates a journal and returns its lines' JSON.</summary>
    /// <exception cref="ChainException">It cannot be read, another process holds it, or it is damaged.</exception>
    public static async Task<(Journal Journal, List<byte[]> Lines)> OpenAsync(string path, CancellationToken cancellationToken)
    {
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            var content = new byte[file.Length];
            await file.ReadExactlyAsync(content, cancellationToken);
            var lines = Split(content, path, out var length);
            file.SetLength(length);
            return (new Journal(file, length), lines);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new ChainException($"The chain's journal {path} cannot be opened: {exception.Message}", isTransient: false, exception);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Appends and syncs.</summary>
    /// <exception cref="ChainException">Nothing was appended.</exception>
    public async Task AppendAsync<T>(T entry, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(entry, JournalJson.Options);
        byte[] line = [.. Checksum(json), (byte)' ', .. json, (byte)'\n'];
        try
        {
            _file.Position = _length;
            await _file.WriteAsync(line, cancellationToken);
            _file.Flush(flushToDisk: true);
            _length += line.Length;
        }
        catch (IOException exception)
        {
            TakeBack();
            throw new ChainException(
                $"The chain's journal {_file.Name} cannot be written: free space on its disk. Nothing has been executed. ({exception.Message})",
                isTransient: true,
                exception);
        }
        catch
        {
            TakeBack();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Half a line must not stand in front of the next one.</summary>
    private void TakeBack()
    {
        try
        {
            _file.SetLength(_length);
        }
        catch (IOException)
        {
            // The next append starts at the same place and writes over it.
        }
    }

    private static List<byte[]> Split(byte[] content, string path, out long length)
    {
        var lines = new List<byte[]>();
        var start = 0;
        while (start < content.Length)
        {
            var end = Array.IndexOf(content, (byte)'\n', start);
            var line = content.AsSpan(start, (end < 0 ? content.Length : end) - start);
            var sound = end >= 0 && line.Length > ChecksumLength + 1 && line[ChecksumLength] == ' '
                && line[..ChecksumLength].SequenceEqual(Checksum(line[(ChecksumLength + 1)..]));
            if (!sound)
            {
                if (end >= 0 && end + 1 < content.Length)
                {
                    throw new ChainException(
                        $"Line {lines.Count + 1} of the chain's journal {path} is damaged: restore it, or start with an empty state directory.",
                        isTransient: false);
                }

                break;
            }

            lines.Add(line[(ChecksumLength + 1)..].ToArray());
            start = end + 1;
        }

        length = start;
        return lines;
    }

    private static byte[] Checksum(ReadOnlySpan<byte> json) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, ChecksumLength / 2)));
}
