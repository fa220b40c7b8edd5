using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration.Schema;

namespace BttProxy.Relay.Configuration;

/// <summary>Copies of the best vouchers outside this machine, encrypted with a key that comes from payee-key.</summary>
public sealed class BackupOptions
{
    /// <summary>Keep them as items of the DHT, whose nodes forget them some two hours after the relay is gone. Default: true.</summary>
    public bool Dht { get; set; } = true;

    /// <summary>
    /// Keep them as files in this directory, which is to lie on another machine. Name one inside the mounted volume, so that it is not there
    /// when the volume is not. Null: none. Default: null.
    /// </summary>
    [ExistingPath(PathKind.Directory)]
    public string? Directory { get; set; }

    /// <summary>A channel is backed up when its unclaimed value is above this. Default: 1 BTT, the least deposit.</summary>
    public TokenAmount MinValue { get; set; } = new(1_000_000_000_000_000_000);

    /// <summary>How often values are looked at: what is earned in this time can be lost with the machine. Default: 1 min.</summary>
    [AllowedRange("00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);
}
