using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Trackers;
using BttProxy.BitTorrent.Wire;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Trackers;

public sealed class HttpAnnounceTests
{
    private static readonly AnnounceRequest Request = new()
    {
        InfoHash = InfoHash.Parse("00ff41427e2d2f20c9e15763f722f23e98a29dec"),
        PeerId = PeerId.Read("-BX0100-abcdefghijkl"u8),
        Port = 6881,
        Key = 0xAB,
        Uploaded = 1,
        Downloaded = 2,
        Left = 3,
        PeersWanted = 50,
    };

    [Theory]
    [InlineData("http://t.example/announce", "http://t.example/announce?info_hash=")]
    [InlineData("http://t.example/a?passkey=1%2F2", "http://t.example/a?passkey=1%2F2&info_hash=")]
    public void Url_KeepsTheTrackersOwnQuery(string tracker, string start) =>
        Assert.StartsWith(start, HttpAnnounce.Url(new Uri(tracker), Request).AbsoluteUri, StringComparison.Ordinal);

    [Fact]
    public void Url_SaysWhatBep3Asks()
    {
        var url = HttpAnnounce.Url(
            new Uri("http://t.example/a"), Request with { Event = TrackerEvent.Started, TrackerId = "x&"u8.ToArray() }).AbsoluteUri;

        Assert.Equal(
            "http://t.example/a?info_hash=%00%FFAB~-%2F%20%C9%E1Wc%F7%22%F2%3E%98%A2%9D%EC&peer_id=-BX0100-abcdefghijkl&port=6881&uploaded=1"
            + "&downloaded=2&left=3&compact=1&numwant=50&key=000000ab&event=started&trackerid=x%26", url);
    }

    [Fact]
    public void CompactAnswer_GivesPeersOfBothFamilies()
    {
        var answer = HttpAnnounce.Read(Bytes(
            "d8:intervali900e12:min intervali1000e5:peers12:\u0001\u0002\u0003\u0004\u001a\u00e1\u0001\u0002\u0003\u0005\0\06:peers618:"
            + "\u0020\u0001\0\0\0\0\0\0\0\0\0\0\0\0\0\u0001\u001a\u00e110:tracker id2:id15:warning message5:slow\ne"));

        Assert.Equal(["1.2.3.4:6881", "[2001::1]:6881"], answer.Peers.Select(peer => peer.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(1000), answer.Interval);
        Assert.Equal("id"u8.ToArray(), answer.TrackerId!.Value.ToArray());
        Assert.Equal("slow ", answer.Warning);
    }

    [Fact]
    public void DictionaryAnswer_GivesAddressesAndNoNames()
    {
        var answer = HttpAnnounce.Read(Bytes(
            "d8:intervali900e5:peersld2:ip7:1.2.3.44:porti6881eed2:ip9:localhost4:porti1eed2:ip7:1.2.3.54:porti65536eei7eee"));

        Assert.Equal(["1.2.3.4:6881"], answer.Peers.Select(peer => peer.ToString()));
    }

    [Theory]
    [InlineData(-5, 30)]
    [InlineData(0, 30)]
    [InlineData(1800, 1800)]
    [InlineData(long.MaxValue, 7200)]
    public void Interval_IsClamped(long asked, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), HttpAnnounce.Read(Bytes($"d8:intervali{asked}e5:peers0:e")).Interval);

    [Fact]
    public void Flood_IsCut() =>
        Assert.Equal(AnnounceAnswer.MaxPeers, HttpAnnounce.Read(Bytes($"d5:peers6000:{new string('\u0007', 6000)}e")).Peers.Count);

    [Theory]
    [InlineData("d14:failure reason11:not allowede", "the tracker refused: not allowed")]
    [InlineData("<html>", "the answer is not bencoded")]
    [InlineData("le", "the answer is not bencoded")]
    public void Refusal_IsTold(string body, string message) =>
        Assert.Equal(message, Assert.Throws<TrackerException>(() => HttpAnnounce.Read(Bytes(body))).Message);

    [Fact]
    public void AnyBytes_GiveAnAnswerOrARefusal() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 60]).Sample((noise, at) =>
        {
            var body = Bytes("d8:intervali900e5:peersld2:ip7:1.2.3.44:porti6881eee6:peers60:e");
            noise.AsSpan(0, Math.Min(noise.Length, body.Length - Math.Min(at, body.Length))).CopyTo(body.AsSpan(Math.Min(at, body.Length)));
            try
            {
                Assert.All(HttpAnnounce.Read(body).Peers, peer => Assert.InRange(peer.Port, 1, 65535));
            }
            catch (TrackerException)
            {
                // A refusal is all that damaged bytes may cause.
            }
        });

    private static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);
}
