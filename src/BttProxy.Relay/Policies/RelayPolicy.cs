using BttProxy.BitTorrent;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Policies;

/// <summary>The operator's say over what is carried, how fast and how much of it.</summary>
internal sealed record RelayPolicy
{
    public static RelayPolicy None { get; } = new();

    public IReadOnlySet<InfoHash> Denied { get; private init; } = new HashSet<InfoHash>();

    /// <summary>Where most of them stand; null for none.</summary>
    public string? DenylistFile { get; private init; }

    public long? MaxTorrentBytes { get; init; }

    public long? MaxClientRate { get; init; }

    public long? MaxSessionRate { get; init; }

    public long? QuotaPerDay { get; init; }

    public long? QuotaPerMonth { get; init; }

    public bool Allows(InfoHash infoHash) => !Denied.Contains(infoHash);

    public long? Quota(QuotaPeriod period) => period == QuotaPeriod.Day ? QuotaPerDay : QuotaPerMonth;

    public static RelayPolicy Of(PolicyOptions options, IReadOnlySet<InfoHash> denied) => new()
    {
        Denied = denied,
        DenylistFile = options.DenylistFile,
        MaxTorrentBytes = options.MaxTorrentBytes,
        MaxClientRate = options.MaxClientRate,
        MaxSessionRate = options.MaxSessionRate,
        QuotaPerDay = options.QuotaPerDay,
        QuotaPerMonth = options.QuotaPerMonth,
    };

    /// <summary>The same rules, whichever objects they are in.</summary>
    public bool IsSame(RelayPolicy other) => this with { Denied = other.Denied } == other && Denied.SetEquals(other.Denied);
}
