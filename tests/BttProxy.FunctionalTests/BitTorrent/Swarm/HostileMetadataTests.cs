using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Lies about the info dictionary cost time at most; another peer has it.</summary>
public sealed class HostileMetadataTests
{
    // Three tries with up to four questions each, while there are so many blocks.
    private const int MaxQuestions = 12;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ext-huge-meta", int.MaxValue)]
    [InlineData("zero", 0)]
    [InlineData("negative", -1)]
    [InlineData("above the limit", (8 * 1024 * 1024) + 1)]
    public async Task ImpossibleSize_IsNotAskedFor(string lie, int size)
    {
        _ = lie;
        await using var world = await HostileWorld.CreateAsync();
        var questions = 0;
        await using var liar = StartLiar(size, (_, _) =>
        {
            Interlocked.Increment(ref questions);
            return Task.CompletedTask;
        });
        await FinishAsync(world, liar);
        Assert.Equal(0, questions);
    }

    [Theory]
    [InlineData("meta-reject")]
    [InlineData("silence")]
    [InlineData("another total size")]
    [InlineData("a piece beyond the size")]
    [InlineData("short data")]
    [InlineData("unknown message type")]
    public async Task PeerThatDoesNotDeliver_IsAskedAFewTimesOnly(string attack)
    {
        await using var world = await HostileWorld.CreateAsync(options => options with { MetadataTimeout = TimeSpan.FromMilliseconds(300) });
        var questions = 0;
        var size = world.Info.RawBytes.Length;
        await using var liar = StartLiar(size, async (connection, request) =>
        {
            Interlocked.Increment(ref questions);
            var (type, piece, total, length) = attack switch
            {
                "meta-reject" => (MetadataMessageType.Reject, request.Piece, 0, 0),
                "another total size" => (MetadataMessageType.Data, request.Piece, size + 1, size),
                "a piece beyond the size" => (MetadataMessageType.Data, 400, size, MetadataMessage.BlockLength),
                "short data" => (MetadataMessageType.Data, request.Piece, size, size - 1),
                "unknown message type" => ((MetadataMessageType)99, request.Piece, size, size),
                _ => (MetadataMessageType.Request, 0, 0, 0),
            };
            if (attack != "silence")
            {
                await connection.SendAsync(
                    PeerMessageId.Extended, [MetadataMessage.LocalId, .. new MetadataMessage(type, piece, total, 0).Write(), .. new byte[length]]);
            }
        });
        await FinishAsync(world, liar);
        Assert.InRange(questions, 1, MaxQuestions);
    }

    [Fact]
    public async Task WrongBytes_AreBlamedOnTheirOnlySource()
    {
        await using var world = await HostileWorld.CreateAsync();
        await using var liar = StartWrong(world.Info.RawBytes.Length);
        var torrent = world.Engine.Add(world.Info.InfoHash, [liar.EndPoint]);
        await world.UntilEndedAsync(DropReason.BadMetadata);
        await world.FinishAsync(torrent);
        Assert.Equal(1, liar.Connections);
    }

    [Fact]
    public async Task PeersWithDifferentSizes_DoNotShutOutTheRightOne()
    {
        await using var world = await HostileWorld.CreateAsync();
        var liars = Enumerable.Range(1, 12).Select(i => StartLiar(i * 600_000, (_, _) => Task.CompletedTask)).ToArray();
        var torrent = world.Engine.Add(world.Info.InfoHash, liars.Select(liar => liar.EndPoint));
        await SwarmWorld.UntilAsync(() => torrent.State.Peers.Count(peer => peer.MetadataSize is not null) == liars.Length, "all liars");

        await world.FinishAsync(torrent);
        foreach (var liar in liars)
        {
            await liar.DisposeAsync();
        }
    }

    [Fact]
    public async Task MetadataNobodyAskedFor_IsNotKept()
    {
        await using var world = await HostileWorld.CreateAsync();
        await using var flood = RawPeer.Start(async connection =>
        {
            await connection.HandshakeAsync();
            await SendExtensionsAsync(connection, 8_000_000);
            var head = new MetadataMessage(MetadataMessageType.Data, 0, 8_000_000, 0);
            for (var piece = 10; piece < 400; piece++)
            {
                await connection.SendAsync(
                    PeerMessageId.Extended,
                    [MetadataMessage.LocalId, .. (head with { Piece = piece }).Write(), .. new byte[MetadataMessage.BlockLength]]);
            }
            await connection.IsClosedAsync();
        });
        var torrent = world.Engine.Add(world.Info.InfoHash, [flood.EndPoint]);
        await SwarmWorld.UntilAsync(() => torrent.State.Metadata.Bytes > 0, "the answers to what was asked");
        await world.FinishAsync(torrent);
        Assert.Equal(0, torrent.State.Metadata.Bytes);
    }

    private static async Task FinishAsync(HostileWorld world, RawPeer liar)
    {
        var torrent = world.Engine.Add(world.Info.InfoHash, [liar.EndPoint]);
        await SwarmWorld.UntilAsync(() => torrent.State.Peers.Any(peer => peer.MetadataId != 0), "the liar's extension handshake");
        await world.FinishAsync(torrent);
        Assert.Equal(world.Info.InfoHash, (await torrent.MetadataAsync(Cancel)).InfoHash);
    }

    private static RawPeer StartWrong(int size) => StartLiar(size, (connection, request) => connection.SendAsync(
        PeerMessageId.Extended,
        [
            MetadataMessage.LocalId, .. new MetadataMessage(MetadataMessageType.Data, request.Piece, size, 0).Write(),
            .. new byte[Math.Min(MetadataMessage.BlockLength, size - (request.Piece * MetadataMessage.BlockLength))],
        ]));

    private static RawPeer StartLiar(int size, Func<RawConnection, MetadataMessage, Task> answer) => RawPeer.Start(async connection =>
    {
        await connection.HandshakeAsync();
        await SendExtensionsAsync(connection, size);
        while (true)
        {
            var payload = await connection.ReadAsync(PeerMessageId.Extended);
            if (payload[0] == 9 && MetadataMessage.TryParse(payload.AsSpan(1), out var request))
            {
                await answer(connection, request);
            }
        }
    });

    private static async Task SendExtensionsAsync(RawConnection connection, int size)
    {
        await connection.SendAsync(PeerMessageId.HaveNone);
        await connection.SendAsync(PeerMessageId.Extended, [0, .. new ExtensionHandshake(9, size, 250, null).Write()]);
    }
}
