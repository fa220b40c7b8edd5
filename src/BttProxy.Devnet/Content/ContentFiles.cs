using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BttProxy.Devnet.Content;

/// <summary>Writes and checks the devnet's content. The same plan gives the same bytes on every machine.</summary>
internal static class ContentFiles
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes the files that are not there yet in full length under <paramref name="directory"/>.</summary>
    public static async Task WriteAsync(string directory, IReadOnlyList<PlannedFile> plan, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            foreach (var file in plan)
            {
                var path = Path.Combine(directory, file.Path.Replace('/', Path.DirectorySeparatorChar));
                if (new FileInfo(path) is { Exists: true } existing && existing.Length == file.Length)
                {
                    continue;
                }

                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await WriteFileAsync(path, file, buffer.AsMemory(0, BufferSize), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>SHA-256 over the bytes of all files, one after the other, in the order given (a torrent's order).</summary>
    public static async Task<string> HashAsync(IEnumerable<string> files, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            foreach (var path in files)
            {
                await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
                for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    hash.AppendData(buffer, 0, read);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task WriteFileAsync(string path, PlannedFile file, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var state = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(file.Path)));
        await using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        for (var left = file.Length; left > 0;)
        {
            Fill(buffer.Span, ref state);
            var count = (int)Math.Min(left, buffer.Length);
            await stream.WriteAsync(buffer[..count], cancellationToken);
            left -= count;
        }
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014): incompressible, and fast enough not to be noticed beside the disk.</summary>
    private static void Fill(Span<byte> buffer, ref ulong state)
    {
        for (var i = 0; i + 8 <= buffer.Length; i += 8)
        {
            state += 0x9E3779B97F4A7C15;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[i..], z ^ (z >> 31));
        }
    }
}
