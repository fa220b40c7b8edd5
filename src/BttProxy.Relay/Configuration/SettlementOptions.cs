using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Configuration;

/// <summary>When vouchers are turned into money.</summary>
public sealed class SettlementOptions
{
    /// <summary>Unclaimed value of a channel that is claimed at once. Default: 100 BTT.</summary>
    public TokenAmount ClaimValue { get; set; } = new(UInt128.Parse("100000000000000000000", null));

    /// <summary>Age of the oldest unclaimed voucher that is claimed whatever its value. Default: 6 h, well inside the withdraw delay.</summary>
    public TimeSpan ClaimAge { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How often the triggers are looked at. Default: 10 s.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Rows per claim transaction. Default: 20, bounded by the energy of one transaction.</summary>
    public int MaxRowsPerClaim { get; set; } = 20;

    /// <summary>First pause after a failed claim; doubles up to <see cref="ClaimAge"/>. Default: 5 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Claim when a session closes. Default: true.</summary>
    public bool ClaimOnSessionClose { get; set; } = true;

    /// <summary>How often the chain is asked about the channels of live sessions. Default: 30 s, far inside the withdraw delay.</summary>
    public TimeSpan ChainCheckInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Age of the chain's last answer above which no new credit is given. Default: 5 min.</summary>
    public TimeSpan MaxChainViewAge { get; set; } = TimeSpan.FromMinutes(5);
}
