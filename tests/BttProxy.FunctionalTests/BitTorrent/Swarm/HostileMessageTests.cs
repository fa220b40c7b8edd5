using System.Text;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Wire;
using Xunit;

namespace BttProxy.FunctionalTests.BitTorrent.Swarm;

/// <summary>Messages that no honest peer sends end the connection, with a reason; the download goes on from another peer.</summary>
public sealed class HostileMessageTests
{
    private const int BlockLength = BlockRequest.BlockLength;

    private delegate Task Attack(RawConnection connection, TorrentInfo info);

    private static readonly Dictionary<string, Attack> Attacks = new(StringComparer.Ordinal)
    {
        ["oversize"] = (peer, _) => peer.SendRawAsync(0x7f, 0xff, 0xff, 0xff, 7),
        ["negative length"] = (peer, _) => peer.SendRawAsync(0xff, 0xff, 0xff, 0xff, 7),
        ["oversize bitfield"] = (peer, _) => peer.SendRawAsync(0, 2, 0, 100, 5),
        ["garbage"] = (peer, _) => peer.SendRawAsync(Noise(100_000)),
        ["bad choke"] = (peer, _) => peer.SendAsync(PeerMessageId.Choke, new byte[1]),
        ["bitfield too long"] = (peer, _) => peer.SendAsync(PeerMessageId.Bitfield, new byte[100_000]),
        ["bitfield too short"] = (peer, info) => peer.SendAsync(PeerMessageId.Bitfield, new byte[info.PieceCount / 8]),
        ["bitfield with spare bits"] = (peer, info) =>
            peer.SendAsync(PeerMessageId.Bitfield, [.. Enumerable.Repeat((byte)0xff, (info.PieceCount + 7) / 8)]),
        ["bitfields without end"] = (peer, info) =>
            RepeatAsync(1100, () => peer.SendAsync(PeerMessageId.Bitfield, new byte[(info.PieceCount + 7) / 8])),
        ["have-all without end"] = (peer, _) => RepeatAsync(20, () => peer.SendAsync(PeerMessageId.HaveAll)),
        ["have out of range"] = (peer, info) => peer.SendNumbersAsync(PeerMessageId.Have, info.PieceCount),
        ["have negative"] = (peer, _) => peer.SendNumbersAsync(PeerMessageId.Have, -1),
        ["request out of range"] = (peer, info) => peer.SendNumbersAsync(PeerMessageId.Request, info.PieceCount, 0, BlockLength),
        ["cancel out of range"] = (peer, info) => peer.SendNumbersAsync(PeerMessageId.Cancel, info.PieceCount, 0, BlockLength),
        ["cancel past the piece"] = (peer, info) => peer.SendNumbersAsync(PeerMessageId.Cancel, 0, info.PieceLength, BlockLength),
        ["reject out of range"] = (peer, info) => peer.SendNumbersAsync(PeerMessageId.RejectRequest, info.PieceCount, 0, BlockLength),
        ["suggest out of range"] = (peer, info) => peer.SendNumbersAsync(PeerMessageId.SuggestPiece, info.PieceCount),
        ["allowed-fast out of range"] = (peer, _) => peer.SendNumbersAsync(PeerMessageId.AllowedFast, -1),
        ["unrequested"] = (peer, _) => RepeatAsync(20, () => peer.SendPieceAsync(0, 0, new byte[BlockLength])),
        ["piece out of range"] = (peer, info) => peer.SendPieceAsync(info.PieceCount, 0, new byte[BlockLength]),
        ["piece-offset"] = AnswerAsync(request => request with { Begin = request.Begin + 1 }),
        ["short block"] = AnswerAsync(request => request with { Length = request.Length - 1 }),
        ["empty block"] = AnswerAsync(request => request with { Length = 0 }),
        ["long block"] = AnswerAsync(request => request with { Length = request.Length + 1 }),
        ["piece without head"] = (peer, _) => peer.SendAsync(PeerMessageId.Piece, new byte[7]),
        ["ext-bomb"] = (peer, _) => peer.SendAsync(PeerMessageId.Extended, [0, .. Encoding.ASCII.GetBytes(new string('l', 60_000))]),
        ["extension dictionaries in dictionaries"] = (peer, _) =>
            peer.SendAsync(PeerMessageId.Extended, [0, .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("d1:m", 15_000)))]),
        ["empty extension"] = (peer, _) => peer.SendAsync(PeerMessageId.Extended),
        ["metadata message with a negative piece"] = (peer, _) =>
            peer.SendAsync(PeerMessageId.Extended, [MetadataMessage.LocalId, .. "d8:msg_typei0e5:piecei-1ee"u8]),
    };

    [Theory]
    [InlineData("oversize", nameof(DropReason.MessageTooLong))]
    [InlineData("negative length", nameof(DropReason.MessageTooLong))]
    [InlineData("oversize bitfield", nameof(DropReason.MessageTooLong))]
    [InlineData("garbage", nameof(DropReason.MessageTooLong))]
    [InlineData("bad choke", nameof(DropReason.MalformedMessage))]
    [InlineData("bitfield too long", nameof(DropReason.MalformedMessage))]
    [InlineData("bitfield too short", nameof(DropReason.MalformedMessage))]
    [InlineData("bitfield with spare bits", nameof(DropReason.MalformedMessage))]
    [InlineData("bitfields without end", nameof(DropReason.MalformedMessage))]
    [InlineData("have-all without end", nameof(DropReason.MalformedMessage))]
    [InlineData("have out of range", nameof(DropReason.IndexOutOfRange))]
    [InlineData("have negative", nameof(DropReason.IndexOutOfRange))]
    [InlineData("request out of range", nameof(DropReason.IndexOutOfRange))]
    [InlineData("cancel out of range", nameof(DropReason.IndexOutOfRange))]
    [InlineData("cancel past the piece", nameof(DropReason.IndexOutOfRange))]
    [InlineData("reject out of range", nameof(DropReason.IndexOutOfRange))]
    [InlineData("suggest out of range", nameof(DropReason.IndexOutOfRange))]
    [InlineData("allowed-fast out of range", nameof(DropReason.IndexOutOfRange))]
    [InlineData("unrequested", nameof(DropReason.UnrequestedData))]
    [InlineData("piece out of range", nameof(DropReason.IndexOutOfRange))]
    [InlineData("piece-offset", nameof(DropReason.MalformedMessage))]
    [InlineData("short block", nameof(DropReason.MalformedMessage))]
    [InlineData("empty block", nameof(DropReason.MalformedMessage))]
    [InlineData("long block", nameof(DropReason.IndexOutOfRange))]
    [InlineData("piece without head", nameof(DropReason.MalformedMessage))]
    [InlineData("ext-bomb", nameof(DropReason.MalformedMessage))]
    [InlineData("extension dictionaries in dictionaries", nameof(DropReason.MalformedMessage))]
    [InlineData("empty extension", nameof(DropReason.MalformedMessage))]
    [InlineData("metadata message with a negative piece", nameof(DropReason.MalformedMessage))]
    public async Task ImpossibleMessage_EndsTheConnection(string attack, string expected)
    {
        await using var world = await HostileWorld.CreateAsync();
        await using var attacker = RawPeer.Start(async connection =>
        {
            await connection.HandshakeAsync();
            await Attacks[attack](connection, world.Info);
            await connection.IsClosedAsync();
        });
        var torrent = await world.DownloadAsync(attacker);
        await world.UntilEndedAsync(Enum.Parse<DropReason>(expected));

        await world.FinishAsync(torrent);
        Assert.Equal(0, torrent.Totals.HashFailedBytes);
    }

    private static async Task RepeatAsync(int times, Func<Task> send)
    {
        for (var i = 0; i < times; i++)
        {
            await send();
        }
    }

    /// <summary>Answers the first request with zeros of another place or size.</summary>
    private static Attack AnswerAsync(Func<BlockRequest, BlockRequest> change) => async (peer, _) =>
    {
        await peer.SendAsync(PeerMessageId.HaveAll);
        await peer.SendAsync(PeerMessageId.Unchoke);
        BlockRequest.TryRead(await peer.ReadAsync(PeerMessageId.Request), out var request);
        var answer = change(request);
        await peer.SendPieceAsync(answer.Piece, answer.Begin, new byte[answer.Length]);
    };

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
