namespace BttProxy.Client.Fetching;

public enum DownloadPhase
{
    /// <summary>Hashing what is on disk.</summary>
    Checking,
    FindingRelays,

    /// <summary>Opening a channel and a session, or asking for the metadata.</summary>
    Opening,
    Fetching,

    /// <summary>The last voucher, the last write, the digests.</summary>
    Finishing,
    Done,
}
