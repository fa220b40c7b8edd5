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
    // Pages lie without gaps and are renewed together; a few missing ones in a row are the end.
    private const int MissingAtEnd = 2;

    private readonly Dictionary<int, IReadOnlyList<DhtMutableItem>> _found = [];
    private readonly byte[] _publicKey = keys.Dht.Id.Value.ToArray();

    public BackupTargetKind Kind => BackupTargetKind.Dht;

    /// <summary>A node keeps 50 items of one writer; in a small network all pages are at the same nodes.</summary>
    public int MaxPages => 32;

    public async Task<BackupCopy> ReadAsync(CancellationToken cancellationToken)
    {
        _found.Clear();
        var pages = new List<BackupPage>();
        var older = new List<BackupEntry>();
        var unreadable = new List<int>();
        for (var (number, missing) = (0, 0); number < MaxPages && missing < MissingAtEnd; number++)
        {
            var versions = await FindAsync(number, cancellationToken);
            missing = versions.Count == 0 ? missing + 1 : 0;
            for (var i = 0; i < versions.Count; i++)
            {
                var page = keys.Seal.TryOpen(number, versions[i].Value.Span);
                if (i > 0)
                {
                    older.AddRange(page?.Entries ?? []);
                }
                else if (page is not null)
                {
                    pages.Add(page);
                }
                else
                {
                    unreadable.Add(number);
                }
            }
        }

        return new BackupCopy([.. pages], [.. older], [.. unreadable]);
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

    /// <summary>All versions of a page, the newest first.</summary>
    private async Task<IReadOnlyList<DhtMutableItem>> FindAsync(int number, CancellationToken cancellationToken)
    {
        var lookup = await node.GetMutableAsync(_publicKey, Salt(number), cancellationToken);
        if (lookup.Answered == 0)
        {
            throw new BackupException("No node of the DHT answers: is UDP blocked?");
        }

        IReadOnlyList<DhtMutableItem> versions = lookup.Item is { } newest ? [newest, .. lookup.Others] : [];
        _found[number] = versions;
        return versions;
    }
}
