using System.Text.Json.Serialization;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>
/// What the operator carries, how fast and how much of it: the file that policyFile names. It may change while the relay runs; relay-config/policy.schema.json
/// describes it.
/// </summary>
public sealed class PolicyOptions
{
    /// <summary>Where editors find the schema of the file; not used by the relay. Default: null.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>
    /// Torrents that are not carried, each by its info-hash. Running responses of one that is added end at once, also to clients that paid for
    /// more. Default: none.
    /// </summary>
    [MaxEntries(10_000)]
    [TextPattern("^[0-9A-Fa-f]{40}$", "an info-hash: 40 hexadecimal digits")]
    public IReadOnlyList<string> Denylist { get; set; } = [];

    /// <summary>
    /// More of them: a file with one info-hash (40 hex digits) per line, where lines that begin with # are comments. Null: none. Default: null.
    /// </summary>
    [ExistingPath(PathKind.File)]
    public string? DenylistFile { get; set; }

    /// <summary>Largest torrent that is carried. Null: no limit. Default: null.</summary>
    [ByteSize]
    [AllowedRange("1", "1125899906842624")]
    public long? MaxTorrentBytes { get; set; }

    /// <summary>Bytes per second that all clients together get. Null: no limit. Default: null.</summary>
    [ByteSize]
    [AllowedRange("10000", "1125899906842624")]
    public long? MaxClientRate { get; set; }

    /// <summary>Bytes per second that one session gets. Null: no limit. Default: null.</summary>
    [ByteSize]
    [AllowedRange("10000", "1125899906842624")]
    public long? MaxSessionRate { get; set; }

    /// <summary>
    /// Bytes that clients get in a day of offer.timeZone. When they are used up, the relay sells nothing more until the next day, and is not to be
    /// found; vouchers for what it delivered are taken. Null: no limit. Default: null.
    /// </summary>
    [ByteSize]
    [AllowedRange("1", "1152921504606846976")]
    public long? QuotaPerDay { get; set; }

    /// <summary>The same for a calendar month. Null: no limit. Default: null.</summary>
    [ByteSize]
    [AllowedRange("1", "1152921504606846976")]
    public long? QuotaPerMonth { get; set; }
}
