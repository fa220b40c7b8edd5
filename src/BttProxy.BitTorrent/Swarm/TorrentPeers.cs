using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Swarm;

/// <summary>The connections of one torrent: dials, takes in, and ends those that are of no use.</summary>
internal sealed partial class TorrentPeers(TorrentState torrent)
{
    private const int KeepAliveMilliseconds = 110_000;
    private const int SendTimeoutMilliseconds = 60_000;
    private const int UselessAfterMilliseconds = 60_000;
    private const int MaxTimeouts = 3;

    // Two peers that dial each other at the same moment see both connections within this time.
    private const int CrossingMilliseconds = 5000;

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

    public void Add(IPEndPoint endPoint)
    {
        lock (torrent.Gate)
        {
            torrent.Book.Add(endPoint);
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
        var own = new byte[Handshake.Length];
        new Handshake(torrent.InfoHash, torrent.Context.PeerId, SupportsExtensions: true, SupportsFast: true).Write(own);
        await stream.WriteAsync(own, cancellationToken);
        await RunAsync(stream, endPoint, handshake, isIncoming: true);
    }

    /// <summary>Lets time pass: keep-alives, timeouts, new dials.</summary>
    public void Tick()
    {
        lock (torrent.Gate)
        {
            var now = torrent.Now;
            foreach (var peer in torrent.Peers)
            {
                Tick(peer, now);
            }
            if (torrent.Schedule is not null)
            {
                torrent.Download.FillAll();
            }
        }
        DialMore();
    }

    /// <summary>The metadata is here: what peers told before gets its meaning. Under the torrent's lock.</summary>
    public void OnOpened()
    {
        var info = torrent.Info!;
        foreach (var peer in torrent.Peers)
        {
            if (!peer.LearnPieceCount(info.PieceCount))
            {
                peer.Drop(DropReason.MalformedMessage);
                continue;
            }
            torrent.Schedule!.AddAvailability(peer.Have!, 1);
            if (torrent.Store!.Have.Count > 0)
            {
                AnnounceAll(peer);
            }
        }
        torrent.Download.FillAll();
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
                if (torrent.Book.TakeNext(torrent.Now) is { } endPoint)
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
        try
        {
            if (!torrent.Context.Options.ConnectGuard.Allows(endPoint, out var refusal))
            {
                LogDialRefused(torrent.Context.Logger, endPoint, refusal);
                lock (torrent.Gate)
                {
                    torrent.Book.Forget(endPoint);
                }
                return;
            }
            var (stream, handshake) = await ConnectAsync(endPoint, cancellationToken);
            torrent.Context.HalfOpen.Return();
            halfOpen = false;
            useful = await RunAsync(stream, endPoint, handshake, isIncoming: false);
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or TimeoutException)
        {
            LogDialFailed(torrent.Context.Logger, endPoint, exception.Message);
        }
        finally
        {
            if (halfOpen)
            {
                torrent.Context.HalfOpen.Return();
            }
            torrent.Context.Connections.Return();
            lock (torrent.Gate)
            {
                torrent.Book.Release(endPoint, useful, torrent.Now);
            }
        }
    }

    private async Task<(Stream Stream, Handshake Handshake)> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var context = torrent.Context;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            using (var connect = Timeout(context.Options.ConnectTimeout, cancellationToken))
            {
                await socket.ConnectAsync(endPoint, connect.Token);
            }
            stream = new NetworkStream(socket, ownsSocket: true);
            using var timeout = Timeout(context.Options.HandshakeTimeout, cancellationToken);
            var buffer = new byte[Handshake.Length];
            new Handshake(torrent.InfoHash, context.PeerId, SupportsExtensions: true, SupportsFast: true).Write(buffer);
            await stream.WriteAsync(buffer, timeout.Token);
            await stream.ReadExactlyAsync(buffer, timeout.Token);
            if (!Handshake.TryParse(buffer, out var handshake) || handshake.InfoHash != torrent.InfoHash)
            {
                throw new IOException("The handshake is for another torrent or protocol.");
            }
            return (stream, handshake);
        }
        catch
        {
            stream?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private static CancellationTokenSource Timeout(TimeSpan after, CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Linked sources know no TimeProvider; network timeouts are real time anyway.
        source.CancelAfter(after);
        return source;
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
        if (torrent.Peers.Count >= torrent.Context.Options.MaxPeersPerTorrent)
        {
            return DropReason.TooManyPeers;
        }
        if (torrent.Peers.Find(other => other.PeerId == peer.PeerId) is { } existing)
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

    private void Remove(PeerSession peer)
    {
        torrent.Peers.Remove(peer);
        torrent.Slots.Remove(peer);
        torrent.Metadata.OnDisconnected(peer);
        if (peer.Dropped is DropReason.BadMetadata)
        {
            torrent.Book.Ban(peer.EndPoint);
        }
        if (torrent.Schedule is { } schedule)
        {
            if (peer.Have is { } have)
            {
                schedule.AddAvailability(have, -1);
            }
            torrent.Download.ReleaseAll(peer, sendCancels: false);
            torrent.Download.FillAll();
        }
    }

    private void Tick(PeerSession peer, long now)
    {
        var options = torrent.Context.Options;
        if (peer.SendingSince is { } since && now - since > SendTimeoutMilliseconds)
        {
            peer.Drop(DropReason.NotReading);
            return;
        }
        if (now - peer.LastReceivedAt > options.IdleTimeout.TotalMilliseconds)
        {
            peer.Drop(DropReason.Idle);
            return;
        }
        if (now - peer.LastSentAt > KeepAliveMilliseconds)
        {
            peer.Output.WriteKeepAlive();
            peer.Wake();
        }
        if (torrent.Info is null)
        {
            torrent.Metadata.Expire(peer, now);
            torrent.Metadata.Fill(peer, now);
        }
        else if (peer.Requests.Count > 0)
        {
            ExpireBlocks(peer, now);
        }
        // A peer that never lets us in takes the place of one that might.
        if (torrent.IsWanting && !peer.IsInterested && now - Math.Max(peer.LastBlockAt, peer.ConnectedAt) > UselessAfterMilliseconds
            && torrent.Book.Count > torrent.Peers.Count)
        {
            peer.Drop(DropReason.Idle);
        }
    }

    private void ExpireBlocks(PeerSession peer, long now)
    {
        if (now - Math.Max(peer.Requests.OldestAt, peer.LastBlockAt) < torrent.Context.Options.BlockTimeout.TotalMilliseconds)
        {
            return;
        }
        peer.Pipeline.Snub();
        torrent.Download.ReleaseAll(peer, sendCancels: true);
        peer.Wake();
        if (++peer.Timeouts >= MaxTimeouts)
        {
            peer.Drop(DropReason.Stalled);
        }
    }
}
