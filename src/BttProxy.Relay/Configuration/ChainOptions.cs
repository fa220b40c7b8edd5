using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>How the relay reaches the chain, and what it may spend there.</summary>
public sealed class ChainOptions
{
    /// <summary>TRON nodes, better of different operators. Empty: those that the network description names. Default: empty.</summary>
    [MaxEntries(16)]
    public IReadOnlyList<ChainNodeOptions> Nodes { get; set; } = [];

    /// <summary>How many of the nodes must say the same before money depends on it. Null: more than half. Default: null.</summary>
    [AllowedRange("1", "16")]
    public int? Agreement { get; set; }

    /// <summary>Requests per second to each node. Default: 10; TronGrid allows 15 with a key.</summary>
    [AllowedRange("1", "1000")]
    public int RequestsPerSecond { get; set; } = 10;

    /// <summary>Of one request. Default: 10 s.</summary>
    [AllowedRange("00:00:00.1000000", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most TRX that the energy of one transaction may burn; what needs more is not sent. Default: 500.</summary>
    [AllowedRange("1", "15000")]
    public int MaxFeeTrx { get; set; } = 500;
}
