using System.Buffers;
using System.Net.Sockets;
using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Node id and known nodes between two runs: one bencoded dictionary.</summary>
internal static class DhtStateFile
{
    private const int MaxBytes = 1 << 20;
    private const int MaxNodes = 1000;

    /// <summary>Null when there is no file, or none that makes sense: the node then starts afresh.</summary>
    public static async Task<DhtState?> LoadAsync(string path, AddressFamily family, CancellationToken cancellationToken)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > MaxBytes)
        {
            return null;
        }
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        if (Bencode.TryParse(bytes, out var value) != BencodeError.None || value is not BencodeDictionary state
            || state.FindString("id"u8) is not { Length: DhtNodeId.Length } id
            || state.FindString(CompactAddresses.NodesKey(family)) is not { } nodes)
        {
            return null;
        }
        return new DhtState(new DhtNodeId(id.Span), CompactAddresses.ReadNodes(nodes.Span, family, MaxNodes));
    }

    public static async Task SaveAsync(string path, DhtState state, AddressFamily family, CancellationToken cancellationToken)
    {
        var nodes = CompactAddresses.WriteNodes(state.Nodes.Take(MaxNodes).ToArray(), family);
        var output = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteEntry("id"u8, state.Id.Span);
        writer.WriteEntry(CompactAddresses.NodesKey(family), nodes);
        writer.End();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var draft = path + ".new";
        await using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(output.WrittenMemory, cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }
}

internal sealed record DhtState(DhtNodeId Id, IReadOnlyList<DhtContact> Nodes);
