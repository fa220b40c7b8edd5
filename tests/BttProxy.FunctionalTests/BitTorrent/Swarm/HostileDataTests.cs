using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Wrong bytes reach no disk and no reader, and whoever sent them is found.</summary>
public sealed class HostileDataTests
{
    [Fact]
    public async Task BadDataAlone_IsBannedAtTheFirstPiece()
    {
        await using var world = await HostileWorld.CreateAsync();
        int? piece = null;
        await using var liar = RawPeer.Start(connection => connection.ServeAsync(request =>
        {
            piece ??= request.Piece;
            // Nothing beyond the first piece: what is measured is when the engine acts.
            return request.Piece == piece
                ? connection.SendPieceAsync(request.Piece, request.Begin, new byte[request.Length])
                : Task.CompletedTask;
        }));
        var torrent = await world.DownloadAsync(liar);
        await world.UntilEndedAsync(DropReason.BadData);

        await world.FinishAsync(torrent);
        Assert.Equal(1, liar.Connections);
        Assert.Equal(world.Info.PieceLength, torrent.Totals.HashFailedBytes);
    }

    [Fact]
    public async Task BadDataOnce_AmongThreePeers_IsBlamedOnItsSource()
    {
        // Pieces of 32 blocks: each is shared, for a peer is asked for 16 at first.
        await using var world = await HostileWorld.CreateAsync(pieceLength: 512 * 1024, length: 4_000_000);
        var lies = 0;
        await using var one = RawPeer.Start(connection => ServeSlowlyAsync(world, connection, block => block));
        await using var two = RawPeer.Start(connection => ServeSlowlyAsync(world, connection, block => block));
        await using var liar = RawPeer.Start(connection => ServeSlowlyAsync(world, connection, block =>
        {
            block[7] ^= (byte)(Interlocked.Increment(ref lies) == 1 ? 1 : 0);
            return block;
        }));
        var torrent = await world.DownloadAsync(one, two, liar);

        await world.CompleteAsync(torrent);
        await world.UntilEndedAsync(DropReason.BadData);
        Assert.Equal(1, world.Ended(DropReason.BadData));
        Assert.Equal((1, 1, 1), (one.Connections, two.Connections, liar.Connections));
        Assert.DoesNotContain(torrent.State.Peers, peer => peer.EndPoint.Equals(liar.EndPoint));
        Assert.Equal(world.Info.PieceLength, torrent.Totals.HashFailedBytes);
    }

    [Fact]
    public async Task LiarInEveryPiece_IsBannedAndTheOthersStay()
    {
        await using var world = await HostileWorld.CreateAsync(pieceLength: 512 * 1024, length: 4_000_000);
        await using var one = RawPeer.Start(connection => ServeSlowlyAsync(world, connection, block => block));
        await using var two = RawPeer.Start(connection => ServeSlowlyAsync(world, connection, block => block));
        await using var liar = RawPeer.Start(connection => ServeSlowlyAsync(world, connection, block => new byte[block.Length]));
        var torrent = await world.DownloadAsync(one, two, liar);

        await world.CompleteAsync(torrent);
        Assert.Equal(1, world.Ended(DropReason.BadData));
        Assert.Equal((1, 1, 1), (one.Connections, two.Connections, liar.Connections));
    }

    [Fact]
    public async Task BlockWithoutData_AtTheEndOfAShortPiece_IsMalformed()
    {
        // The last piece has three whole blocks; an empty one behind them would have the index of a fourth.
        const int LastPiece = 48 * 1024;
        await using var world = await HostileWorld.CreateAsync(length: (4 * 64 * 1024) + LastPiece);
        await using var peer = RawPeer.Start(connection => connection.ServeAsync(request => request.Piece == world.Info.PieceCount - 1
            ? connection.SendPieceAsync(request.Piece, LastPiece, [])
            : connection.SendPieceAsync(request.Piece, request.Begin, world.Block(request))));
        var torrent = await world.DownloadAsync(peer);
        await world.UntilEndedAsync(DropReason.MalformedMessage);

        await world.FinishAsync(torrent);
    }

    [Fact]
    public async Task BlocksSentTwice_AreNotTakenTwice()
    {
        await using var world = await HostileWorld.CreateAsync();
        await using var peer = RawPeer.Start(connection => connection.ServeAsync(async request =>
        {
            await connection.SendPieceAsync(request.Piece, request.Begin, world.Block(request));
            await connection.SendPieceAsync(request.Piece, request.Begin, new byte[request.Length]);
        }));
        var torrent = await world.DownloadAsync(peer);
        await world.UntilEndedAsync(DropReason.UnrequestedData);

        await world.FinishAsync(torrent);
        Assert.Equal(0, torrent.Totals.HashFailedBytes);
        Assert.True(torrent.Totals.DuplicateBytes >= 16 * BlockRequest.BlockLength, $"{torrent.Totals.DuplicateBytes} duplicate bytes");
    }

    [Fact]
    public async Task ResetInMidPiece_LosesOnlyThatBlock()
    {
        await using var world = await HostileWorld.CreateAsync();
        await using var peer = RawPeer.Start(async connection =>
        {
            var served = 0;
            await connection.ServeAsync(async request =>
            {
                var block = world.Block(request);
                if (++served <= 2)
                {
                    await connection.SendPieceAsync(request.Piece, request.Begin, block);
                    return;
                }
                await connection.SendRawAsync([0, 0, 0x40, 9, (byte)PeerMessageId.Piece, .. block[..5000]]);
                connection.Reset();
                throw new IOException("reset");
            });
        });
        var torrent = await world.DownloadAsync(peer);
        await world.UntilEndedAsync(DropReason.Closed);

        await world.FinishAsync(torrent);
    }

    private static Task ServeSlowlyAsync(HostileWorld world, RawConnection connection, Func<byte[], byte[]> change) =>
        connection.ServeAsync(async request =>
        {
            await Task.Delay(5, connection.Cancel);
            await connection.SendPieceAsync(request.Piece, request.Begin, change(world.Block(request)));
        });
}
