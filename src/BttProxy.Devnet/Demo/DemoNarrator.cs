using BttProxy.Client.Fetching;
using BttProxy.Devnet.Views;
using BttProxy.Devnet.World;
using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Demo;

/// <summary>Puts what the client reports on the board, with the relays' names in place of their ids.</summary>
internal sealed class DemoNarrator(DemoBoard board, IReadOnlyList<DevnetRelay> relays) : IProgress<DownloadEvent>
{
    public void Report(DownloadEvent value)
    {
        board.Tell($"Client: {(value.Relay is { } relay ? NameOf(relay) + " " : "")}{value.Text}");
        if (value.Relay is { } id && StateAfter(value) is { } state)
        {
            board.SetState(id, state);
        }
    }

    private static string? StateAfter(DownloadEvent value) => value.Kind switch
    {
        // "asks P, answers in T": the price has a column of its own.
        DownloadEventKind.RelayFound => value.Text.Split(", ")[^1].TrimEnd('.'),
        DownloadEventKind.RelayUnusable => "not used: " + value.Text,
        DownloadEventKind.RelayChosen => "chosen: best price for its speed",
        DownloadEventKind.PieceRejected => "banned: sent a piece with a wrong hash",
        DownloadEventKind.RelayLeft => value.Text,
        _ => null,
    };

    private string NameOf(RelayId id) => relays.FirstOrDefault(relay => relay.Id == id)?.Name ?? id.ToString();
}
