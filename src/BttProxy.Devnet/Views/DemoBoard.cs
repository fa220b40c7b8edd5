using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Views;

/// <summary>What happens in the demo, written by the demo and its events, read by the view that shows it. Safe from all threads.</summary>
internal sealed class DemoBoard
{
    private readonly Lock _gate = new();

    public DemoSnapshot Current { get; private set; } = DemoSnapshot.Empty;

    public void Tell(string line) => Change(board => board with { Journal = board.Journal.Add(line) });

    public void Add(RelayLine relay) => Change(board => board with { Relays = board.Relays.Add(relay) });

    public void SetState(RelayId relayId, string state) =>
        Change(board => board with { Relays = [.. board.Relays.Select(relay => relay.RelayId == relayId ? relay with { State = state } : relay)] });

    public void Show(DownloadLine download) => Change(board => board with { Download = download });

    private void Change(Func<DemoSnapshot, DemoSnapshot> change)
    {
        lock (_gate)
        {
            Current = change(Current);
        }
    }
}
