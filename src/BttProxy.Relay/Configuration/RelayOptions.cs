using System.Text.Json.Serialization;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>Everything an operator decides about a relay. One section per feature; relay-config/relay.schema.json describes the file form.</summary>
public sealed class RelayOptions
{
    /// <summary>Where editors find the schema of the file; not used by the relay. Default: null.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>Configuration that ships with the program and holds where this file says nothing. Null: none. Default: null.</summary>
    public string? Preset { get; set; }

    /// <summary>
    /// What this process does, of "gateway", "worker", "dht" and "settler". Each may be a process of its own: workers and the dht with a
    /// state directory of their own, gateway and settler on the same one, whose ledger they share. Default: all four.
    /// </summary>
    public IReadOnlyList<RelayRole> Roles { get; set; } = [RelayRole.Gateway, RelayRole.Worker, RelayRole.Dht, RelayRole.Settler];

    /// <summary>Where keys, certificate, ledger, routing table and cached pieces are kept. Default: "bttproxy-relay".</summary>
    [TextPattern(@"\S", "the name of a directory")]
    public string StateDirectory { get; set; } = "bttproxy-relay";

    /// <summary>
    /// Directory with payee-key, relay-key and path-key, as far as they are kept there instead of in the state directory, such as a mounted
    /// Secret; only read. BTTPROXY_PAYEE_KEY_FILE names a payee-key for itself. Null: the state directory alone. Default: null.
    /// </summary>
    [ExistingPath(PathKind.Directory)]
    public string? KeysDirectory { get; set; }

    /// <summary>The public network that is meant: networkFile must then be of it. Null: any, such as a devnet. Default: null.</summary>
    public PublicNetwork? Network { get; set; }

    /// <summary>The network description (network.json). Null when the network is given otherwise. Default: null.</summary>
    [ExistingPath(PathKind.File)]
    public string? NetworkFile { get; set; }

    /// <summary>
    /// What is carried, how fast and how much of it: a file of its own, described by policy.schema.json, which may change while the relay runs.
    /// Workers that are processes of their own need it too, for their denylist. Null: everything, without limits. Default: null.
    /// </summary>
    [ExistingPath(PathKind.File)]
    public string? PolicyFile { get; set; }

    public TunnelOptions Tunnel { get; set; } = new();

    public OfferOptions Offer { get; set; } = new();

    public CreditOptions Credit { get; set; } = new();

    public ChainOptions Chain { get; set; } = new();

    public SettlementOptions Settlement { get; set; } = new();

    public WorkerOptions Worker { get; set; } = new();

    public CacheOptions Cache { get; set; } = new();

    public DhtRoleOptions Dht { get; set; } = new();

    public BackupOptions Backup { get; set; } = new();

    public AdminOptions Admin { get; set; } = new();

    public TelemetryOptions Telemetry { get; set; } = new();

    internal bool Has(RelayRole role) => Roles.Contains(role);
}
