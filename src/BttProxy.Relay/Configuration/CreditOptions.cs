using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>How much a client may owe.</summary>
public sealed class CreditOptions
{
    /// <summary>Window of an unknown payer, bytes. Default: 256 KiB, the most one stranger can take for nothing.</summary>
    [ByteSize]
    [AllowedRange("16384", "1073741824")]
    public int WindowFloorBytes { get; set; } = 256 * 1024;

    /// <summary>Largest window, bytes; reached by doubling per fully paid window. Default: 16 MiB, one round trip at 1 Gbit/s and 130 ms.</summary>
    [ByteSize]
    [AllowedRange("16384", "1073741824")]
    public int WindowCeilingBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a response waits for a payment before it ends. Default: 15 s, below every idle timeout on the way.</summary>
    [AllowedRange("00:00:00", "00:05:00")]
    public TimeSpan CreditWait { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Unclaimed value per payer above which no new session opens. Default: 1,000 BTT.</summary>
    public TokenAmount MaxUnclaimedPerPayer { get; set; } = new(UInt128.Parse("1000000000000000000000", null));

    /// <summary>Unclaimed value in total above which no new session opens. Default: 100,000 BTT.</summary>
    public TokenAmount MaxUnclaimedTotal { get; set; } = new(UInt128.Parse("100000000000000000000000", null));

    /// <summary>Live sessions; one per channel. Default: 1024.</summary>
    [AllowedRange("1", "1000000")]
    public int MaxSessions { get; set; } = 1024;

    /// <summary>A session without requests for this long is closed. Default: 10 min.</summary>
    [AllowedRange("00:00:10", "1.00:00:00")]
    public TimeSpan SessionIdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest difference between a session request's time and ours. Default: 30 s.</summary>
    [AllowedRange("00:00:01", "01:00:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Refused vouchers a session may send per minute before they are refused unread. Default: 30: a signature check costs 0.2 ms.</summary>
    [AllowedRange("1", "100000")]
    public int MaxInvalidVouchersPerMinute { get; set; } = 30;

    /// <summary>
    /// Refused requests for sessions from one address per minute before they are refused unread. Default: 60, far more than clients behind
    /// one address need, and few for the chain's nodes.
    /// </summary>
    [AllowedRange("1", "100000")]
    public int MaxRefusedOpensPerMinute { get; set; } = 60;
}
