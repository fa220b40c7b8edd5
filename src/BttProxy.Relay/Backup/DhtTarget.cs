using System.Globalization;
using System.Text;
using BttProxy.BitTorrent.Dht;

namespace BttProxy.Relay.Backup;

/// <summary>
/// Pages as mutable items of the DHT (BEP 44) under a key of their own, with the page's number as salt. Nodes may hold older versions, and
/// anybody may put an old one there again: all versions that are found count, the sequence number only orders writes.
/// </summary>
internal sealed class DhtTarget(DhtNode node, BackupKeys keys, TimeProvider time) : IBackupTarget
{
    // A lookup takes seconds where nodes are gone.
    private const int AtATime = 4;

    // Pages lie without gaps and are renewed together; two missing ones in a row are the end.
    private const int MissingAtEnd = 2;

    private readonly Dictionary<int, IReadOnlyList<DhtMutableItem>> _found = [];
    private readonly byte[] _publicKey = keys.Dht.Id.Value.ToArray();

    public BackupTargetKind Kind => BackupTargetKind.Dht;

    /// <summary>A node keeps 50 items of one writer; in a small network all pages are at the same nodes.</summary>
    public int MaxPages => 32;

    public async Task<BackupCopy> ReadAsync(CancellationToken cancellationToken)
    {
        _found.Clear();
        var isEnd = false;
        for (var first = 0; first < MaxPages && !isEnd; first += AtATime)
        {
            var read = await Task.WhenAll(Enumerable.Range(first, AtATime).Select(number => FindAsync(number, cancellationToken)));
            for (var i = 0; i < read.Length; i++)
            {
                _found[first + i] = read[i];
            }

            isEnd = read.TakeLast(MissingAtEnd).All(versions => versions.Count == 0);
        }

        return Open();
    }

    public async Task<bool> TryWriteAsync(BackupPage page, CancellationToken cancellationToken)
    {
        var known = _found.GetValueOrDefault(page.Number, []);
        var last = known.Count == 0 ? 0 : known[0].Seq;

        // The clock, so that a page that was forgotten everywhere still comes after any old version that somebody has kept.
        var item = DhtMutableItem.Sign(
            _publicKey, data => keys.Dht.Sign(data.Span), Salt(page.Number), Math.Max(checked(last + 1), time.GetUtcNow().ToUnixTimeMilliseconds()),
            keys.Seal.Seal(page));
        var result = await node.PutMutableAsync(item, cas: last, cancellationToken);
        if (result.CasMismatch + result.SequenceTooLow > 0)
        {
            // Nodes with a version that was read before are brought up to date; any other version has to be read first.
            var now = await FindAsync(page.Number, cancellationToken);
            if (now.Any(version => !IsSame(version, item) && !known.Any(read => IsSame(read, version))))
            {
                return false;
            }

            result = await node.PutMutableAsync(item, cas: null, cancellationToken);
        }

        _found[page.Number] = [item];
        return result.Copies > 0 ? true : throw new BackupException(
            $"No node of the DHT kept page {page.Number} of the backup ({result.Stored} took it): is UDP blocked?");
    }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var (number, versions) in _found)
        {
            if (versions.Count > 0 && (await node.PutMutableAsync(versions[0], cas: null, cancellationToken)).Copies == 0)
            {
                throw new BackupException($"No node of the DHT kept page {number} of the backup when it was renewed: is UDP blocked?");
            }
        }
    }

    private static byte[] Salt(int number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static bool IsSame(DhtMutableItem left, DhtMutableItem right) =>
        left.Seq == right.Seq && left.BencodedValue.Span.SequenceEqual(right.BencodedValue.Span);

    private BackupCopy Open()
    {
        var pages = new List<BackupPage>();
        var older = new List<BackupEntry>();
        var unreadable = new List<int>();
        foreach (var (number, versions) in _found.Where(found => found.Value.Count > 0).OrderBy(found => found.Key))
        {
            if (keys.Seal.TryOpen(number, versions[0].Value.Span) is { } newest)
            {
                pages.Add(newest);
            }
            else
            {
                unreadable.Add(number);
            }

            older.AddRange(versions.Skip(1).SelectMany(version => keys.Seal.TryOpen(number, version.Value.Span)?.Entries ?? []));
        }

        return new BackupCopy([.. pages], [.. older], [.. unreadable]);
    }

    /// <summary>All versions of a page, the newest first.</summary>
    private async Task<IReadOnlyList<DhtMutableItem>> FindAsync(int number, CancellationToken cancellationToken)
    {
        var lookup = await node.GetMutableAsync(_publicKey, Salt(number), cancellationToken);
        if (lookup.Answered == 0)
        {
            throw new BackupException("No node of the DHT answers: is UDP blocked?");
        }

        return lookup.Item is { } newest ? [newest, .. lookup.Others] : [];
    }
}
