using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Trackers;
using BttProxy.BitTorrent.Wire;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Trackers;

public sealed class UdpAnnounceTests
{
    [Fact]
    public void Connect_HasTheFormOfBep15()
    {
        var packet = new byte[UdpAnnounce.ConnectLength];
        UdpAnnounce.WriteConnect(packet, 0x01020304);

        Assert.Equal("00000417271019800000000001020304", Convert.ToHexStringLower(packet));
    }

    [Fact]
    public void Announce_HasTheFormOfBep15()
    {
        var packet = new byte[UdpAnnounce.AnnounceLength];
        Array.Fill(packet, (byte)0xEE);
        UdpAnnounce.WriteAnnounce(packet, 0x1122334455667788, 9, new AnnounceRequest
        {
            InfoHash = new InfoHash([.. Enumerable.Repeat((byte)0xAA, 20)]),
            PeerId = PeerId.Read([.. Enumerable.Repeat((byte)0xBB, 20)]),
            Port = 0x1AE1,
            Key = 7,
            Downloaded = 1,
            Left = 2,
            Uploaded = 3,
            Event = TrackerEvent.Started,
            PeersWanted = -1,
        });

        Assert.Equal(
            "11223344556677880000000100000009" + new string('a', 40) + new string('b', 40)
            + "000000000000000100000000000000020000000000000003" + "0000000200000000" + "00000007" + "ffffffff" + "1ae1",
            Convert.ToHexStringLower(packet));
    }

    [Fact]
    public void Answers_AreReadByTheirFamily()
    {
        var packet = Convert.FromHexString("0000000100000009000007080000000000000001" + "010203041ae1" + "01020305");
        var packet6 = Convert.FromHexString("0000000100000009000007080000000000000001" + "20010000000000000000000000000001" + "1ae1");

        Assert.True(UdpAnnounce.Answers(packet, 9));
        Assert.False(UdpAnnounce.Answers(packet, 8));
        var answer = UdpAnnounce.ReadAnnounce(packet, AddressFamily.InterNetwork);
        Assert.Equal(TimeSpan.FromMinutes(30), answer.Interval);
        Assert.Equal("1.2.3.4:6881", Assert.Single(answer.Peers).ToString());
        Assert.Equal("[2001::1]:6881", Assert.Single(UdpAnnounce.ReadAnnounce(packet6, AddressFamily.InterNetworkV6).Peers).ToString());
        Assert.Equal(0x0102030405060708u, UdpAnnounce.ReadConnect(Convert.FromHexString("00000000000000090102030405060708")));
    }

    [Fact]
    public void Error_IsTold()
    {
        byte[] packet = [0, 0, 0, 3, 0, 0, 0, 9, .. "full\n"u8];

        Assert.Equal("the tracker refused: full ", Assert.Throws<TrackerException>(() => UdpAnnounce.ReadConnect(packet)).Message);
    }

    [Fact]
    public void AnyBytes_GiveAnAnswerOrARefusal() =>
        Gen.Select(Gen.Byte.Array[0, 80], Gen.Byte[0, 4]).Sample((packet, action) =>
        {
            if (packet.Length > 3)
            {
                packet.AsSpan(0, 3).Clear();
                packet[3] = action;
            }
            if (!UdpAnnounce.Answers(packet, packet.Length < 8 ? 0 : (uint)((packet[4] << 24) | (packet[5] << 16) | (packet[6] << 8) | packet[7])))
            {
                Assert.True(packet.Length < 8);
                return;
            }
            try
            {
                Assert.All(UdpAnnounce.ReadAnnounce(packet, AddressFamily.InterNetwork).Peers, peer => Assert.InRange(peer.Port, 1, 65535));
            }
            catch (TrackerException)
            {
                // A refusal is all that damaged bytes may cause.
            }
        });
}
