using System.Security.Cryptography;
using BttProxy.BitTorrent.Metainfo;

namespace BttProxy.FunctionalTests.Client;

/// <summary>A small torrent of two files whose bytes are known.</summary>
internal sealed record TestContent(TorrentInfo Info, byte[] Bytes)
{
    public static async Task<TestContent> MakeAsync(int length, int pieceLength, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bttproxy-content-");
        try
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            var root = folder.CreateSubdirectory("content").FullName;
            var cut = (length / 3) + 1;
            await File.WriteAllBytesAsync(Path.Combine(root, "a.bin"), bytes[..cut], cancellationToken);
            await File.WriteAllBytesAsync(Path.Combine(root, "b.bin"), bytes[cut..], cancellationToken);
            var torrent = await TorrentBuilder.CreateAsync(root, pieceLength, null, cancellationToken);
            return new TestContent(TorrentFile.Parse(torrent).Info, bytes);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Bytes));
}
