using BttProxy.Protocol.Keys;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>Somebody with a wallet who buys from relays.</summary>
internal interface IPayer : IAsyncDisposable
{
    Secp256k1Key Key { get; }

    ProcessLife Life { get; }

    /// <summary>How often its process was lost.</summary>
    int Losses { get; }

    /// <summary>With which it has a session, as far as it knows.</summary>
    IReadOnlyList<HistoryRelay> Relays { get; }

    /// <summary>Opens a session, on a new channel or one topped up.</summary>
    Task OpenAsync(HistoryRelay relay, UInt128 want, int variant);

    Task FetchAsync(HistoryRelay relay, int bytes, bool isGarbage, bool isAborted);

    /// <summary>Pays: what is due, or something else.</summary>
    Task PayAsync(HistoryRelay relay, int variant);

    Task CloseAsync(HistoryRelay relay, int variant);

    Task SnapshotAsync();

    Task RestoreAsync();

    /// <summary>The process ends; what is on disk stays, and it starts again.</summary>
    Task RestartAsync();
}
