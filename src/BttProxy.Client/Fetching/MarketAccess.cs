using BttProxy.BitTorrent;
using BttProxy.Client.Wallets;
using BttProxy.Ledger.Spending;
using BttProxy.Tron;
using Microsoft.Extensions.Logging;

namespace BttProxy.Client.Fetching;

/// <summary>What a download needs of the marketplace. Everything is owned by the caller.</summary>
public sealed record MarketAccess
{
    public required IRelayDirectory Relays { get; init; }

    public required Wallet Wallet { get; init; }

    /// <summary>What was signed so far; vouchers are stored there before they are sent.</summary>
    public required ClientLedger Ledger { get; init; }

    public required IChannelChain Chain { get; init; }

    /// <summary>Judges every address that is dialled.</summary>
    public required ConnectGuard Guard { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>Where info dictionaries are kept, so that a resumed magnet link needs no relay for them; null for nowhere.</summary>
    public string? MetadataDirectory { get; init; }
}
