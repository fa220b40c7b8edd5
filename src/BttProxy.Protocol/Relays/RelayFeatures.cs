namespace BttProxy.Protocol.Relays;

/// <summary>What a relay offers besides the base requests. Wire bits: append only; unknown bits are kept and ignored.</summary>
[Flags]
public enum RelayFeatures : uint
{
    None = 0,
    Http2 = 1,

    /// <summary>Keeps and seeds torrents for a time, for a price.</summary>
    Pins = 2,

    /// <summary>Sells priority to bids above the price.</summary>
    Bids = 4,

    /// <summary>Hands out other relays' records.</summary>
    Directory = 8,

    /// <summary>Submits the payer's open authorisation, so that a payer needs no TRX.</summary>
    OpensChannels = 16,

    /// <summary>Carries BitTorrent v2 and hybrid torrents.</summary>
    TorrentV2 = 32,
}
