using System.Buffers;
using System.Security.Cryptography;
using BttProxy.BitTorrent.Storage;

namespace BttProxy.Client.Fetching;

/// <summary>Reads the finished content back from disk and hashes it: what the user has, not what was meant to be written.</summary>
internal static class ContentDigester
{
    private const int BufferBytes = 1 << 20;

    public static async Task<ContentDigests> ComputeAsync(PieceStore store, CancellationToken cancellationToken)
    {
        var files = store.Info.Files.Where(static file => !file.IsPadding).ToList();
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var single = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var digests = new List<FileDigest>(files.Count);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            foreach (var file in files)
            {
                for (var position = 0L; position < file.Length;)
                {
                    var part = buffer.AsMemory(0, (int)Math.Min(BufferBytes, file.Length - position));
                    var read = await store.ReadAsync(file.Offset + position, part, cancellationToken);
                    if (read == 0)
                    {
                        throw new TorrentStorageException($"{file.DisplayPath} changed while it was read; run the command again.", isDiskFull: false);
                    }

                    single.AppendData(part.Span[..read]);
                    if (files.Count > 1)
                    {
                        whole.AppendData(part.Span[..read]);
                    }

                    position += read;
                }

                digests.Add(new FileDigest(file.DisplayPath, file.Length, Convert.ToHexStringLower(single.GetHashAndReset())));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new ContentDigests(files.Count == 1 ? digests[0].Sha256 : Convert.ToHexStringLower(whole.GetHashAndReset()), digests);
    }
}
