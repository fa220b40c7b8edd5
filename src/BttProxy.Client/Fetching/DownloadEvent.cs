using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Fetching;

/// <summary>Something worth a line in a log.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Relay">Which relay, where one is concerned.</param>
/// <param name="Text">One line for a person.</param>
public sealed record DownloadEvent(DownloadEventKind Kind, RelayId? Relay, string Text);

public enum DownloadEventKind
{
    Resumed,
    RelayFound,
    RelayUnusable,
    RelayChosen,
    MetadataReceived,
    PieceRejected,
    RelayLeft,
    Waiting,
}
