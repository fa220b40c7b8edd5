using System.Net;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class PeerExchangeTests
{
    private static readonly TorrentInfo Info = SwarmFixtures.Info(8);

    private int _lastHost;

    [Fact]
    public async Task ConnectedPeers_AreTold_AndThenOnlyChanges_OnceAMinute()
    {
        await using var torrent = await OpenTorrent.CreateAsync(Info);
        var (listener, other) = (Connect(torrent), Connect(torrent));
        Assert.Equal([other.EndPoint], Tick(torrent, listener)!.Added.Select(peer => peer.EndPoint));

        torrent.State.Peers.Remove(other);
        var next = Connect(torrent);
        torrent.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(Tick(torrent, listener));
        torrent.Time.Advance(TimeSpan.FromSeconds(1));
        var message = Tick(torrent, listener)!;
        Assert.Equal([next.EndPoint], message.Added.Select(peer => peer.EndPoint));
        Assert.Equal([other.EndPoint], message.Dropped);
        torrent.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(Tick(torrent, listener));
    }

    [Fact]
    public async Task IncomingPeer_IsToldWithThePortThatItListensAt_OrNotAtAll()
    {
        await using var torrent = await OpenTorrent.CreateAsync(Info);
        var listener = Connect(torrent);
        Connect(torrent, isIncoming: true);
        var known = Connect(torrent, isIncoming: true);
        known.ListenPort = 7000;
        Assert.Equal(
            [new ExchangedPeer(new IPEndPoint(known.EndPoint.Address, 7000), ExchangedPeerFlags.None)], Tick(torrent, listener)!.Added);
    }

    [Fact]
    public async Task Seeds_AreToldAsSuch_ButNotToSeeds()
    {
        await using var torrent = await OpenTorrent.CreateAsync(Info);
        var (leech, seed, other) = (Connect(torrent), Connect(torrent, Info), Connect(torrent));
        other.IsUploadOnly = true;
        const ExchangedPeerFlags Flags = ExchangedPeerFlags.UploadOnly | ExchangedPeerFlags.IsReachable;
        Assert.Equal([new ExchangedPeer(seed.EndPoint, Flags), new ExchangedPeer(other.EndPoint, Flags)], Tick(torrent, leech)!.Added);
        Assert.Equal([leech.EndPoint], Tick(torrent, seed)!.Added.Select(peer => peer.EndPoint));
    }

    [Fact]
    public async Task AddressesThatNobodyMayDial_AreNeitherToldNorTaken()
    {
        await using var torrent = await OpenTorrent.CreateAsync(Info);
        var listener = Connect(torrent);
        torrent.State.Peers.Add(SwarmFixtures.Peer());
        Assert.Null(Tick(torrent, listener));

        Assert.Equal(DropReason.None, Receive(torrent, listener, "10.0.0.1:6881", "127.0.0.1:6881", "169.254.169.254:80", "8.8.8.8:22"));
        Assert.Equal(0, torrent.State.Book.Count);
    }

    [Fact]
    public async Task MoreThanFifty_GoInSeveralMessages()
    {
        await using var torrent = await OpenTorrent.CreateAsync(Info, options => options with { MaxPeersPerTorrent = 200 });
        var listener = Connect(torrent);
        var others = Enumerable.Range(0, 120).Select(_ => Connect(torrent).EndPoint).ToHashSet();
        var told = new List<IPEndPoint>();
        foreach (var expected in (int[])[50, 50, 20])
        {
            var added = Tick(torrent, listener)!.Added;
            Assert.Equal(expected, added.Count);
            told.AddRange(added.Select(peer => peer.EndPoint));
            torrent.Time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(others, told.ToHashSet());
    }

    [Fact]
    public async Task NamedPeers_AreNoted_AndMessagesThatComeTooSoonAreNot()
    {
        await using var torrent = await OpenTorrent.CreateAsync(Info);
        var peer = Connect(torrent);
        Assert.Equal(DropReason.None, Receive(torrent, peer, "8.8.8.8:6881"));
        Assert.Equal(PeerSource.PeerExchange, torrent.State.Book.SourceOf(IPEndPoint.Parse("8.8.8.8:6881")));
        Assert.Equal(DropReason.None, Receive(torrent, peer, "8.8.4.4:6881"));
        Assert.Equal(1, torrent.State.Book.Count);
        torrent.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(DropReason.None, Receive(torrent, peer, "8.8.4.4:6881"));
        Assert.Equal(2, torrent.State.Book.Count);
    }

    [Fact]
    public async Task Flood_CostsTheConnection()
    {
        await using var torrent = await OpenTorrent.CreateAsync(Info);
        var peer = Connect(torrent);
        var reasons = Enumerable.Range(0, 12).Select(_ => Receive(torrent, peer, "8.8.8.8:6881")).ToArray();
        Assert.All(reasons[..^1], reason => Assert.Equal(DropReason.None, reason));
        Assert.Equal(DropReason.PeerExchangeFlood, reasons[^1]);
    }

    [Fact]
    public async Task Garbage_CostsTheConnection()
    {
        await using var torrent = await OpenTorrent.CreateAsync(Info);
        Assert.Equal(DropReason.MalformedMessage, torrent.State.Exchange.Receive(Connect(torrent), "le"u8));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task PrivateTorrentOrOptionOff_NeitherTellsNorTakes(bool isPrivate, bool option)
    {
        await using var torrent = await OpenTorrent.CreateAsync(
            SwarmFixtures.Info(8, isPrivate), options => options with { PeerExchange = option });
        var listener = Connect(torrent);
        Connect(torrent);
        Assert.False(torrent.State.Exchange.IsAllowed);
        Assert.Null(Tick(torrent, listener));
        Assert.Equal(DropReason.None, Receive(torrent, listener, "8.8.8.8:6881"));
        Assert.Equal(0, torrent.State.Book.Count);
    }

    /// <summary>Whatever comes and goes: what the peer was told, taken together, is who is connected.</summary>
    [Fact]
    public async Task Changes_AddUpToWhoIsConnected()
    {
        await using var torrent = await OpenTorrent.CreateAsync(Info, options => options with { MaxPeersPerTorrent = 200 });
        var random = new Random(20261127);
        var listener = Connect(torrent);
        var told = new HashSet<IPEndPoint>();
        for (var minute = 0; minute < 300; minute++)
        {
            for (var i = random.Next(40); i > 0; i--)
            {
                if (random.Next(2) == 0 && torrent.State.Peers.Count > 1)
                {
                    torrent.State.Peers.RemoveAt(random.Next(1, torrent.State.Peers.Count));
                }
                else if (torrent.State.Peers.Count < 60)
                {
                    Connect(torrent);
                }
            }
            if (Tick(torrent, listener) is { } message)
            {
                Assert.Empty(message.Dropped.Except(told));
                told.ExceptWith(message.Dropped);
                Assert.All(message.Added, peer => Assert.True(told.Add(peer.EndPoint)));
            }
            Assert.Equal(told, listener.Exchange.Told);
            Assert.InRange(told.Count, 0, 110);
            torrent.Time.Advance(TimeSpan.FromMinutes(1));
        }
        while (Tick(torrent, listener) is { } message)
        {
            told.ExceptWith(message.Dropped);
            told.UnionWith(message.Added.Select(peer => peer.EndPoint));
            torrent.Time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(torrent.State.Peers.Skip(1).Select(peer => peer.EndPoint).ToHashSet(), told);
    }

    private PeerSession Connect(OpenTorrent torrent, TorrentInfo? has = null, bool isIncoming = false)
    {
        var host = ++_lastHost;
        var peer = SwarmFixtures.Peer(has, new IPEndPoint(new IPAddress([9, 9, (byte)(host >> 8), (byte)host]), 6881), isIncoming);
        peer.Exchange.RemoteId = 7;
        torrent.State.Peers.Add(peer);
        return peer;
    }

    private static DropReason Receive(OpenTorrent torrent, PeerSession peer, params string[] added) => torrent.State.Exchange.Receive(
        peer, new PeerExchangeMessage([.. added.Select(text => new ExchangedPeer(IPEndPoint.Parse(text), ExchangedPeerFlags.None))], []).Write());

    /// <summary>What the peer is told now; null when nothing.</summary>
    private static PeerExchangeMessage? Tick(OpenTorrent torrent, PeerSession peer)
    {
        torrent.State.Exchange.Tick(peer, torrent.State.Now);
        if (peer.Output.Length == 0)
        {
            return null;
        }
        Assert.Equal(FrameStatus.Complete, PeerFrame.TryRead(peer.Output.Written.Span, out var frame));
        Assert.Equal((PeerMessageId.Extended, (byte)7), (frame.Id, frame.Payload[0]));
        var message = PeerExchangeMessage.TryParse(frame.Payload[1..]);
        peer.Output.Clear();
        return message;
    }
}
