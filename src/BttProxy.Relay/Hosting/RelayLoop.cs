namespace BttProxy.Relay.Hosting;

/// <summary>What runs beside requests, round after round.</summary>
internal enum RelayLoop
{
    /// <summary>Keeps the view of the chain recent.</summary>
    ChainWatch,

    /// <summary>Ends sessions that nobody uses.</summary>
    SessionSweeper,

    /// <summary>Notices that the hour brings another price.</summary>
    PriceClock,

    /// <summary>Compares what clients got with the quotas.</summary>
    QuotaWatch,

    /// <summary>Notices that files of the configuration have changed.</summary>
    Reloader,

    /// <summary>Looks up workers.</summary>
    WorkerLookup,

    /// <summary>Learns what another process has claimed.</summary>
    ExposureWatch,

    /// <summary>Claims.</summary>
    Settlement,

    /// <summary>Follows agreed closes.</summary>
    Closings,

    /// <summary>Collects fees of openings.</summary>
    OpeningFees,

    /// <summary>Compares the ledger with the chain.</summary>
    Reconciler,

    /// <summary>Keeps backups of vouchers.</summary>
    VoucherBackup,

    /// <summary>Leaves swarms that nobody uses.</summary>
    TorrentSweeper,
}
