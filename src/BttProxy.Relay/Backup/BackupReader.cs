using System.Collections.Immutable;
using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.Relay.Backup;

/// <summary>Reads backups on a machine where no relay runs.</summary>
internal sealed class BackupReader(NetworkDescription network, DhtRoleOptions dht, BackupKeys keys, TimeProvider time)
{
    /// <param name="Name">Where it was looked.</param>
    /// <param name="Entries">What was found, all versions.</param>
    /// <param name="Problems">What could not be read, one line each.</param>
    internal sealed record Source(string Name, ImmutableArray<BackupEntry> Entries, ImmutableArray<string> Problems);

    public async Task<IReadOnlyList<Source>> ReadAsync(bool fromDht, IReadOnlyList<string> directories, CancellationToken cancellationToken)
    {
        var sources = new List<Source>();
        foreach (var directory in directories)
        {
            sources.Add(await ReadAsync(directory, new DirectoryTarget(Path.GetFullPath(directory), keys, time), cancellationToken));
        }

        if (fromDht)
        {
            sources.Add(await ReadDhtAsync(cancellationToken));
        }

        return sources;
    }

    private async Task<Source> ReadDhtAsync(CancellationToken cancellationToken)
    {
        var options = new DhtNodeOptions
        {
            ListenEndPoint = new IPEndPoint(dht.Listen.Address, 0),
            Bootstrap = [.. network.DhtBootstrap],
            Guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = network.AllowPrivateAddresses }),
            ReadOnly = true,
        };
        await using var node = new DhtNode(options, time, NullLoggerFactory.Instance);
        await node.StartAsync(cancellationToken);
        await node.BootstrapAsync(cancellationToken);
        return await ReadAsync("DHT", new DhtTarget(node, keys, time), cancellationToken);
    }

    private static async Task<Source> ReadAsync(string name, IBackupTarget target, CancellationToken cancellationToken)
    {
        try
        {
            var copy = await target.ReadAsync(cancellationToken);
            ImmutableArray<BackupEntry> entries = [.. copy.Entries];
            return new Source(name, entries, copy.Unreadable switch
            {
                [] when entries.IsEmpty => [$"{name}: there is no backup of this payee-key for this network."],
                [] => [],
                var pages => [$"{name}: {pages.Length} pages cannot be read; a newer program may have written them, or they are damaged."],
            });
        }
        catch (BackupException e)
        {
            return new Source(name, [], [$"{name}: {e.Message}"]);
        }
    }
}
