using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>When vouchers are turned into money.</summary>
public sealed class SettlementOptions
{
    /// <summary>
    /// Smallest units of the token that one TRX is worth to the operator, who has to look it up: with it a claim is sent when its fee is small
    /// against what it brings. Null: fees are not looked at, as on a devnet. Default: null.
    /// </summary>
    public TokenAmount? TokensPerTrx { get; set; }

    /// <summary>With tokensPerTrx: a channel is claimed when the fee is at most this part of its value, in percent. Default: 5.</summary>
    [AllowedRange("1", "100")]
    public int MaxFeePercent { get; set; } = 5;

    /// <summary>Without tokensPerTrx: unclaimed value of a channel that is claimed at once. Default: 100 BTT.</summary>
    public TokenAmount ClaimValue { get; set; } = new(UInt128.Parse("100000000000000000000", null));

    /// <summary>
    /// Age of the oldest unclaimed voucher that is claimed although its fee is a greater part, unless it is all of it. Default: 7 days.
    /// A payer who asks for the money back is claimed from at once, whatever the age.
    /// </summary>
    [AllowedRange("00:00:01", "30.00:00:00")]
    public TimeSpan ClaimAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Claim what a session earned when it closes, and everything when the relay stops. With tokensPerTrx only what is worth its fee.
    /// Default: true.
    /// </summary>
    public bool ClaimOnSessionClose { get; set; } = true;

    /// <summary>
    /// Part of credit.maxUnclaimedPerPayer or maxUnclaimedTotal, in percent, from which a payer's channels are claimed whatever the fee, so
    /// that the caps do not end sales. Default: 50.
    /// </summary>
    [AllowedRange("1", "100")]
    public int ExposurePercent { get; set; } = 50;

    /// <summary>How often the triggers are looked at. Default: 10 s.</summary>
    [AllowedRange("00:00:00.0500000", "01:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Rows per claim transaction. Default: 20, bounded by the energy of one transaction.</summary>
    [AllowedRange("1", "100")]
    public int MaxRowsPerClaim { get; set; } = 20;

    /// <summary>First pause after a failed claim; doubles up to six hours. Default: 5 s.</summary>
    [AllowedRange("00:00:00.0500000", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the chain is asked about the channels of live sessions. Default: 30 s, far inside the withdraw delay.</summary>
    [AllowedRange("00:00:00.0500000", "01:00:00")]
    public TimeSpan ChainCheckInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the whole ledger is compared with the chain. Default: 5 min.</summary>
    [AllowedRange("00:00:00.0500000", "1.00:00:00")]
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Age of the chain's last answer above which no new credit is given. Default: 5 min.</summary>
    [AllowedRange("00:00:01", "01:00:00")]
    public TimeSpan MaxChainViewAge { get; set; } = TimeSpan.FromMinutes(5);
}
