using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The connections of one torrent: dials, takes in, and ends those that are of no use.</summary>
internal sealed partial class TorrentPeers(TorrentState torrent)
{
    // Two peers that dial each other at the same moment see both connections within this time.
    private const int CrossingMilliseconds = 5000;

    // A peer that was just connected, or is between two blocks, is not idle.
    private const int IdleMilliseconds = 10_000;

    private readonly PeerProtocol _protocol = new(torrent);

    /// <summary>Ends all connections and wakes all readers.</summary>
    public void Stop()
    {
        lock (torrent.Gate)
        {
            torrent.IsStopped = true;
            foreach (var peer in torrent.Peers)
            {
                peer.Drop(DropReason.Stopping);
            }
            foreach (var reader in torrent.Readers)
            {
                reader.Wake();
            }
            torrent.Schedule?.Clear();
        }
    }

    /// <summary>Lets go of all peers and forgets where others are (BEP 27: another tracker is another swarm).</summary>
    public void Leave()
    {
        lock (torrent.Gate)
        {
            foreach (var peer in torrent.Peers)
            {
                if (!peer.IsWebSeed)
                {
                    peer.Drop(DropReason.PrivateTorrent);
                }
            }
            torrent.Book.Clear();
        }
    }

    public void Add(IPEndPoint endPoint, PeerSource source)
    {
        lock (torrent.Gate)
        {
            if (source > PeerSource.Tracker && torrent.Info is { IsPrivate: true })
            {
                return;
            }
            torrent.Book.Add(endPoint, source);
        }
        DialMore();
    }

    /// <summary>Dials as many known addresses as there is room for.</summary>
    public void DialMore()
    {
        while (TryTakeAddress() is { } endPoint)
        {
            torrent.Context.Tasks.Run(cancellationToken => DialAsync(endPoint, cancellationToken));
        }
    }

    /// <summary>Takes in a connection that named this torrent; returns when it has ended.</summary>
    public async Task AcceptAsync(Stream stream, IPEndPoint endPoint, Handshake handshake, CancellationToken cancellationToken)
    {
        // A peer of the v1 swarm that knows v2 as well is answered with the v2 info-hash (BEP 52), and then both speak that.
        var swarm = handshake.SupportsVersion2 && torrent.Version2Hash is { } version2 ? version2 : handshake.InfoHash;
        var own = new byte[Handshake.Length];
        torrent.OwnHandshake(swarm).Write(own);
        await stream.WriteAsync(own, cancellationToken);
        await RunAsync(stream, endPoint, handshake with { InfoHash = swarm }, isIncoming: true);
    }

    /// <summary>Lets time pass: keep-alives, timeouts, new dials.</summary>
    public void Tick()
    {
        lock (torrent.Gate)
        {
            var now = torrent.Now;
            foreach (var peer in torrent.Peers)
            {
                PeerUpkeep.Tick(torrent, peer, now);
            }
            torrent.Slots.Tick(torrent.IsWanting, !torrent.HasGivenEnough, now);
            if (torrent.Schedule is { } schedule)
            {
                schedule.ListLost();
                torrent.Download.FillAll();
            }
        }
        DialMore();
    }

    /// <summary>The metadata is here: what peers told before gets its meaning. Under the torrent's lock.</summary>
    public void OnOpened()
    {
        var info = torrent.Info!;
        if (info.IsPrivate)
        {
            DropHearsay();
        }
        foreach (var peer in torrent.Peers)
        {
            if (!peer.LearnPieceCount(info.PieceCount))
            {
                peer.Drop(DropReason.MalformedMessage);
                continue;
            }
            torrent.Schedule!.AddPeer(peer);
            if (torrent.Store!.Have.Count > 0)
            {
                AnnounceAll(peer);
            }
        }
        torrent.Download.FillAll();
    }

    /// <summary>BEP 27: a private torrent takes peers from its trackers only, which is known when the metadata is here.</summary>
    private void DropHearsay()
    {
        foreach (var peer in torrent.Peers)
        {
            if (!peer.IsIncoming && torrent.Book.SourceOf(peer.EndPoint) > PeerSource.Tracker)
            {
                peer.Drop(DropReason.PrivateTorrent);
            }
        }
        torrent.Book.ForgetHearsay();
    }

    private void AnnounceAll(PeerSession peer)
    {
        // The bitfield may only be the first message, which is long past.
        for (var i = 0; i < torrent.Store!.Have.Length; i++)
        {
            if (torrent.Store.HasPiece(i) && !peer.Has(i))
            {
                peer.Output.WriteHave(i);
            }
        }
        peer.Wake();
    }

    private IPEndPoint? TryTakeAddress()
    {
        lock (torrent.Gate)
        {
            if (!torrent.IsWanting || torrent.Peers.Count >= torrent.Context.Options.MaxPeersPerTorrent
                || !torrent.Context.HalfOpen.TryTake())
            {
                return null;
            }
            if (torrent.Context.Connections.TryTake())
            {
                if (torrent.Book.TakeNext(torrent.Now, torrent.Context.PriorityOf) is { } endPoint)
                {
                    return endPoint;
                }
                torrent.Context.Connections.Return();
            }
            torrent.Context.HalfOpen.Return();
            return null;
        }
    }

    private async Task DialAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var useful = false;
        var halfOpen = true;
        var result = DialResult.Unreachable;
        torrent.Context.Metrics.DialStarted();
        try
        {
            var (stream, handshake) = await PeerDialer.ConnectAsync(torrent, endPoint, cancellationToken);
            torrent.Context.HalfOpen.Return();
            halfOpen = false;
            torrent.Context.Metrics.DialEnded(DialResult.Connected);
            useful = await RunAsync(stream, endPoint, handshake, isIncoming: false);
        }
        catch (DialRefusedException exception)
        {
            result = DialResult.Denied;
            torrent.Context.Metrics.ExitDenied(exception.Reason);
            LogDialRefused(torrent.Context.Logger, endPoint, exception.Reason);
            lock (torrent.Gate)
            {
                torrent.Book.Forget(endPoint);
            }
        }
        catch (HandshakeException exception)
        {
            result = DialResult.HandshakeFailed;
            torrent.Context.Metrics.PeerRefused(exception.Reason);
            LogPeerDropped(torrent.Context.Logger, endPoint, exception.Reason);
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or TimeoutException)
        {
            result = exception is OperationCanceledException or TimeoutException ? DialResult.TimedOut : DialResult.Unreachable;
            LogDialFailed(torrent.Context.Logger, endPoint, exception.Message);
        }
        finally
        {
            if (halfOpen)
            {
                torrent.Context.HalfOpen.Return();
                torrent.Context.Metrics.DialEnded(result);
            }
            torrent.Context.Connections.Return();
            lock (torrent.Gate)
            {
                torrent.Book.Release(endPoint, useful, torrent.Now);
            }
        }
    }

    /// <returns>True when the peer sent something of use.</returns>
    private async Task<bool> RunAsync(Stream stream, IPEndPoint endPoint, Handshake handshake, bool isIncoming)
    {
        var peer = new PeerSession(endPoint, handshake, isIncoming, torrent.Context.Options.MaxRequestsPerPeer, torrent.Now);
        await using var connection = new PeerConnection(stream, peer, torrent, _protocol);
        lock (torrent.Gate)
        {
            var refusal = Admit(peer);
            if (refusal != DropReason.None)
            {
                torrent.Context.Metrics.PeerRefused(refusal);
                LogPeerDropped(torrent.Context.Logger, endPoint, refusal);
                return false;
            }
            torrent.Peers.Add(peer);
            if (torrent.Info is { } info && !peer.SupportsFast && torrent.Schedule is not null)
            {
                // Without BEP 6 a peer that has nothing says nothing.
                peer.PrepareFor(info.PieceCount);
            }
            _protocol.Greet(peer);
        }
        torrent.Context.Metrics.PeerConnected();
        var reason = await connection.RunAsync();
        lock (torrent.Gate)
        {
            Remove(peer);
        }
        torrent.Context.Metrics.PeerDropped(reason);
        LogPeerDropped(torrent.Context.Logger, endPoint, reason);
        return peer.Download.Total > 0 || reason == DropReason.AlreadyConnected;
    }

    private DropReason Admit(PeerSession peer)
    {
        if (peer.PeerId == torrent.Context.PeerId)
        {
            torrent.Book.Ban(peer.EndPoint);
            return DropReason.SelfConnection;
        }
        if (torrent.IsStopped)
        {
            return DropReason.Stopping;
        }
        if (torrent.Book.IsBanned(peer.EndPoint))
        {
            return DropReason.Banned;
        }
        if (torrent.Peers.Count(other => other.Dropped == DropReason.None) >= torrent.Context.Options.MaxPeersPerTorrent && !MakeRoomFor(peer))
        {
            torrent.LastTurnedAwayAt = torrent.Now;
            return DropReason.TooManyPeers;
        }
        // Ids are no secret: one that comes from elsewhere as well is another peer, so that who copies it keeps nobody out.
        if (torrent.Peers.Find(other => other.PeerId == peer.PeerId && IsSameHost(other, peer)) is { } existing)
        {
            // Both ends decide alike: of two connections that crossed, the one dialled by the higher id stays.
            var dialledByHigher = (torrent.Context.PeerId.CompareTo(peer.PeerId) > 0) != peer.IsIncoming;
            var crossed = existing.IsIncoming != peer.IsIncoming && torrent.Now - existing.ConnectedAt < CrossingMilliseconds;
            if (!crossed || !dialledByHigher)
            {
                return DropReason.AlreadyConnected;
            }
            existing.Drop(DropReason.AlreadyConnected);
        }
        return DropReason.None;
    }

    private static bool IsSameHost(PeerSession one, PeerSession other) =>
        AddressLimit.KeyOf(one.EndPoint.Address) == AddressLimit.KeyOf(other.EndPoint.Address);

    /// <summary>BEP 40: a peer of higher priority takes the place of one of lower that gives and takes nothing.</summary>
    private bool MakeRoomFor(PeerSession peer)
    {
        var idleSince = torrent.Now - IdleMilliseconds;
        var lowest = torrent.Peers
            .Where(other => other is { Dropped: DropReason.None, IsWebSeed: false, Requests.Count: 0, Uploads.Count: 0 } && other.LastUsefulAt < idleSince)
            .MinBy(other => torrent.Context.PriorityOf(other.EndPoint));
        if (lowest is null || torrent.Context.PriorityOf(lowest.EndPoint) >= torrent.Context.PriorityOf(peer.EndPoint))
        {
            return false;
        }
        lowest.Drop(DropReason.Replaced);
        return true;
    }

    private void Remove(PeerSession peer)
    {
        torrent.Peers.Remove(peer);
        torrent.Slots.Remove(peer, torrent.Now);
        torrent.Metadata.OnDisconnected(peer);
        torrent.Hashes.OnDisconnected(peer);
        if (peer.Dropped is DropReason.BadMetadata or DropReason.BadHashes)
        {
            torrent.Book.Ban(peer.EndPoint);
        }
        if (torrent.Schedule is { } schedule)
        {
            schedule.ForgetPeer(peer);
            torrent.Download.ReleaseAll(peer, sendCancels: false);
            torrent.Download.FillAll();
        }
    }
}
