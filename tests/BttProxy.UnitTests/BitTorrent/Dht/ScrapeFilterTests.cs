using System.Net;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class ScrapeFilterTests
{
    private static readonly DhtNodeId Target = DhtTestData.Id(0x42);
    private readonly ResponderBuilder _node = new();

    [Fact]
    public void AddressesOfBep33_GiveItsFilterAndEstimate()
    {
        var filter = new ScrapeFilter();
        for (var i = 0; i <= 0xff; i++)
        {
            filter.Add(new IPAddress([192, 0, 2, (byte)i]));
        }
        for (var i = 0; i <= 0x3e7; i++)
        {
            filter.Add(IPAddress.Parse($"2001:db8::{i:x}"));
        }
        Assert.Equal(
            "F6C3F5EAA07FFD91BDE89F777F26FB2BFF37BDB8FB2BBAA2FD3DDDE7BACFFF75EE7CCBAEFE5EEDB1FBFAFF67F6ABFF5E43DDBCA3FD9B9FFDF4FFD3E9DFF12D1B"
            + "DF59DB53DBE9FA5B7FF3B8FDFCDE1AFB8BEDD7BE2F3EE71EBBBFE93BCDEEFE148246C2BC5DBFF7E7EFDCF24FD8DC7ADFFD8FFFDFDDFFF7A4BBEEDF5CB95CE81F"
            + "C7FCFF1FF4FFFFDFE5F7FDCBB7FD79B3FA1FC77BFE07FFF905B7B7FFC7FEFEFFE0B8370BB0CD3F5B7F2BD93FEB4386CFDD6F7FD5BFAF2E9EBFFFFEECD67ADBF7"
            + "C67F17EFD5D75EBA6FFEBA7FFF47A91EB1BFBB53E8ABFB5762ABE8FF237279BFEFBFEEF5FFC5FEBFDFE5ADFFADFEE1FB737FFFFBFD9F6AEFFEEE76B6FD8F72EF",
            Convert.ToHexString(filter.Span));
        Assert.Equal(1224.9308, filter.Estimate(), tolerance: 0.001);
    }

    [Fact]
    public void EmptyAndFullFilter_HaveAnEstimate()
    {
        Assert.Equal(0, new ScrapeFilter().Estimate());
        Assert.InRange(new ScrapeFilter(Enumerable.Repeat((byte)0xff, 256).ToArray()).Estimate(), 7000, 8000);
    }

    [Fact]
    public void OneLyingNodeAmongMany_DoesNotCount()
    {
        var honest = new ScrapeFilter();
        for (var i = 0; i < 50; i++)
        {
            honest.Add(DhtTestData.PublicPeer(i).Address);
        }
        var lying = new ScrapeFilter(Enumerable.Repeat((byte)0xff, 256).ToArray());
        Assert.Equal(honest.Estimate(), ScrapeFilter.Agree([honest, lying, new ScrapeFilter()]).Estimate());
        Assert.Equal(honest.Estimate(), ScrapeFilter.Agree([lying, new ScrapeFilter(), honest, honest]).Estimate());
        Assert.Equal(honest.Estimate(), ScrapeFilter.Agree([honest]).Estimate());
        Assert.Equal(0, ScrapeFilter.Agree([]).Estimate());
    }

    [Fact]
    public void Scrape_CountsSeedsAndDownloadersApart()
    {
        Announce(0, 20, isSeed: true);
        Announce(100, 5, isSeed: false);
        var votes = new ScrapeVotes();
        votes.Add(_node.Ask(KrpcQuery.GetPeers(Target, scrape: true)).Body!);
        var counted = votes.Count();
        Assert.InRange(counted.Seeds, 19, 21);
        Assert.Equal((5, 1), (counted.Downloaders, counted.Answered));
        Assert.InRange(_node.AnswerBytes, 512, DhtLimits.AnswerBytes);
    }

    [Fact]
    public void CrowdedSwarm_FitsOneAnswerWithItsFilters()
    {
        for (var i = 0; i < 500; i++)
        {
            _node.Peers.Add(new InfoHash(Target.Span), DhtTestData.PublicPeer(i), isSeed: i % 2 == 0);
            _node.Table.Confirm(new DhtContact(DhtNodeId.CreateRandom(), DhtTestData.PublicPeer(i)));
        }
        var answer = _node.Ask(KrpcQuery.GetPeers(Target, scrape: true)).Body!;
        Assert.Equal((256, 256), (answer.FindString("BFsd"u8)!.Value.Length, answer.FindString("BFpe"u8)!.Value.Length));
        Assert.Equal(8 * 26, answer.FindString("nodes"u8)!.Value.Length);
        Assert.InRange(_node.AnswerBytes, 900, DhtLimits.AnswerBytes);
    }

    [Fact]
    public void UnknownTorrentOrPlainQuestion_GetsNoFilter()
    {
        Assert.Null(_node.Ask(KrpcQuery.GetPeers(Target, scrape: true)).Body!.Find("BFsd"u8));
        Announce(0, 1, isSeed: true);
        Assert.Null(_node.Ask(KrpcQuery.GetPeers(Target)).Body!.Find("BFsd"u8));
    }

    [Fact]
    public void SeedThatAsks_IsNamedNoSeeds()
    {
        Announce(0, 3, isSeed: true);
        Announce(100, 2, isSeed: false);
        var values = _node.Ask(new KrpcQuery(KrpcMethod.GetPeers, writer =>
        {
            writer.WriteEntry("info_hash"u8, Target.Span);
            writer.WriteEntry("noseed"u8, 1);
        })).Body!.FindList("values"u8)!.Items.Select(value => CompactAddresses.ReadPeer(((BencodeString)value).Bytes.Span)!);
        Assert.Equal([DhtTestData.PublicPeer(100, 4000), DhtTestData.PublicPeer(101, 4000)], values.ToHashSet());
    }

    [Theory]
    [InlineData(255)]
    [InlineData(257)]
    public void FilterOfAnotherLength_DoesNotCount(int length)
    {
        var votes = new ScrapeVotes();
        var body = KrpcParser.TryParse(KrpcEncoder.EncodeReply("aa"u8.ToArray(), ResponderBuilder.Caller, Body(length)))!.Body!;
        votes.Add(body);
        Assert.Equal(new DhtScrape(0, 0, 0), votes.Count());
    }

    private static ReadOnlyMemory<byte> Body(int length)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteEntry("BFpe"u8, new byte[length]);
        writer.WriteEntry("BFsd"u8, new byte[256]);
        writer.WriteEntry("id"u8, Target.Span);
        writer.End();
        return output.WrittenMemory;
    }

    private void Announce(int first, int count, bool isSeed)
    {
        for (var i = first; i < first + count; i++)
        {
            var peer = DhtTestData.PublicPeer(i);
            _node.Ask(KrpcQuery.AnnouncePeer(Target, 4000, _node.Token(peer), isSeed), peer);
        }
    }
}
