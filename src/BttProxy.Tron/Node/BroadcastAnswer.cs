namespace BttProxy.Tron.Node;

/// <summary>What nodes said to a transaction. Accepted means no more than: it waits for a block.</summary>
/// <param name="Refusal">Why no node took it; <see cref="BroadcastRefusal.None"/> when one did, or had it already.</param>
/// <param name="Text">The node's own words, cut to one line.</param>
public sealed record BroadcastAnswer(BroadcastRefusal Refusal, string Text)
{
    public bool IsAccepted => Refusal == BroadcastRefusal.None;
}
