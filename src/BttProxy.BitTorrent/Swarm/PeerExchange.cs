using System.Net;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>
/// Peer exchange (BEP 11) of one torrent: tells peers whom else we are connected with, and notes whom they name. Runs under the torrent's lock.
/// </summary>
internal sealed class PeerExchange(TorrentState torrent)
{
    private const int SendMilliseconds = 60_000;

    // A new connection is told of soon, but not looked for at every tick.
    private const int LookMilliseconds = 5_000;

    // BEP 11 has one a minute; the network may hold up one of two.
    private const int ReceiveMilliseconds = 45_000;
    private const int MaxIgnored = 10;

    /// <summary>False for a private torrent (BEP 27); before the metadata is here nobody knows.</summary>
    public bool IsAllowed => torrent.Context.Options.PeerExchange && torrent.Info is not { IsPrivate: true };

    public void Tick(PeerSession peer, long now)
    {
        var standing = peer.Exchange;
        if (standing.RemoteId == 0 || now < standing.SendAt || torrent.Info is null || !IsAllowed)
        {
            return;
        }
        standing.SendAt = now + (Send(peer) ? SendMilliseconds : LookMilliseconds);
    }

    /// <returns>A reason to drop the peer, or none.</returns>
    public DropReason Receive(PeerSession peer, ReadOnlySpan<byte> payload)
    {
        if (!IsAllowed)
        {
            return DropReason.None;
        }
        var standing = peer.Exchange;
        if (torrent.Now - standing.ReceivedAt < ReceiveMilliseconds)
        {
            return ++standing.Ignored > MaxIgnored ? DropReason.PeerExchangeFlood : DropReason.None;
        }
        if (PeerExchangeMessage.TryParse(payload) is not { } message)
        {
            return DropReason.MalformedMessage;
        }
        standing.ReceivedAt = torrent.Now;
        standing.Ignored = 0;
        foreach (var (endPoint, _) in message.Added)
        {
            // What may not be dialled anyhow takes no place in the book. Whom the peer lost is its own affair.
            if (torrent.Context.Options.ConnectGuard.Allows(endPoint, out _))
            {
                torrent.Book.Add(endPoint, PeerSource.PeerExchange, peer.EndPoint.Address);
            }
        }
        return DropReason.None;
    }

    private bool Send(PeerSession peer)
    {
        var current = new Dictionary<IPEndPoint, ExchangedPeerFlags>();
        foreach (var other in torrent.Peers)
        {
            if (other != peer && IsWorthTelling(other, peer) && other.DialableEndPoint is { } endPoint
                && torrent.Context.Options.ConnectGuard.Allows(endPoint, out _))
            {
                current.TryAdd(endPoint, FlagsOf(other));
            }
        }
        var told = peer.Exchange.Told;
        var dropped = told.Where(endPoint => !current.ContainsKey(endPoint)).Take(PeerExchangeMessage.MaxPeers).ToArray();
        var added = current.Where(entry => !told.Contains(entry.Key)).Take(PeerExchangeMessage.MaxPeers)
            .Select(entry => new ExchangedPeer(entry.Key, entry.Value)).ToArray();
        if (added.Length + dropped.Length == 0)
        {
            return false;
        }
        told.ExceptWith(dropped);
        told.UnionWith(added.Select(entry => entry.EndPoint));
        peer.Output.WriteExtended(peer.Exchange.RemoteId, new PeerExchangeMessage(added, dropped).Write());
        peer.Wake();
        return true;
    }

    /// <summary>Two seeds have nothing to give each other.</summary>
    private static bool IsWorthTelling(PeerSession other, PeerSession listener) =>
        other.Dropped == DropReason.None && !(OnlyGives(other) && OnlyGives(listener)) && !Equals(other.DialableEndPoint, listener.DialableEndPoint);

    private static bool OnlyGives(PeerSession peer) => peer.IsUploadOnly || peer.Have is { IsComplete: true };

    private static ExchangedPeerFlags FlagsOf(PeerSession peer) =>
        (OnlyGives(peer) ? ExchangedPeerFlags.UploadOnly : ExchangedPeerFlags.None)
        | (peer.IsIncoming ? ExchangedPeerFlags.None : ExchangedPeerFlags.IsReachable);
}
