using BttProxy.BitTorrent;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Worker;

/// <summary>The operator's say over which torrents are served.</summary>
internal sealed class InfoHashPolicy
{
    // Some operators import long feeds; this is 20 MB of memory.
    private const int MaxEntries = 500_000;

    private readonly HashSet<InfoHash> _denied = [];

    private InfoHashPolicy()
    {
    }

    public bool Allows(InfoHash infoHash) => !_denied.Contains(infoHash);

    /// <exception cref="RelayConfigurationException">The list cannot be read or has a line that is no info-hash.</exception>
    public static InfoHashPolicy Load(string? denylistFile)
    {
        var policy = new InfoHashPolicy();
        if (denylistFile is null)
        {
            return policy;
        }

        var number = 0;
        foreach (var line in File.ReadLines(denylistFile))
        {
            number++;
            var text = line.AsSpan().Trim();
            if (text.IsEmpty || text[0] == '#')
            {
                continue;
            }

            if (!InfoHash.TryParse(text, out var infoHash))
            {
                throw new RelayConfigurationException($"{denylistFile}, line {number}: not an info-hash (40 hexadecimal digits).");
            }

            if (policy._denied.Count >= MaxEntries)
            {
                throw new RelayConfigurationException($"{denylistFile} has more than {MaxEntries} entries.");
            }

            policy._denied.Add(infoHash);
        }

        return policy;
    }
}
