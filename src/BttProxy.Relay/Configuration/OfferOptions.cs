using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>What the relay sells and for how much.</summary>
public sealed class OfferOptions
{
    /// <summary>Smallest units of the token per 1,000,000 bytes, outside the hours of priceByHour. Default: 0.01 BTT (18 decimals).</summary>
    public PricePerMegabyte PricePerMegabyte { get; set; } = new(10_000_000_000_000_000);

    /// <summary>Other prices in some hours of each day. A session keeps the price it was opened with. Default: none.</summary>
    [MaxEntries(24)]
    public IReadOnlyList<HourPrice> PriceByHour { get; set; } = [];

    /// <summary>
    /// Whose clock counts for priceByHour, and for the days and months of the policy's quotas: an IANA name such as "Europe/Berlin". Default: "UTC".
    /// </summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Least amount a channel must hold. Default: 1 BTT, one claim's worth.</summary>
    public TokenAmount MinimumDeposit { get; set; } = new(1_000_000_000_000_000_000);

    /// <summary>
    /// What a client pays for each opening or top-up that the relay brings to the chain, as part of the channel's first voucher. It should
    /// cover the TRX of an opening, a claim and a close; at most the minimum deposit. Default: 0.
    /// </summary>
    public TokenAmount OpenFee { get; set; }

    /// <summary>Shortest withdraw delay accepted: the time to claim after a payer asks for its money back. Default: 1 h.</summary>
    [AllowedRange("01:00:00", "365.00:00:00")]
    public TimeSpan MinimumWithdrawDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The TRON address that is paid. Null: the address of the relay's own authoriser key. Default: null.</summary>
    public string? Payee { get; set; }
}
