using System.Net;
using BttProxy.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class PeerBookTests
{
    private static readonly IPEndPoint One = IPEndPoint.Parse("192.168.0.1:1");
    private static readonly IPEndPoint Two = IPEndPoint.Parse("192.168.0.2:2");

    [Fact]
    public void AddressThatFails_WaitsLongerEachTimeAndIsForgottenAtLast()
    {
        var book = new PeerBook();
        book.Add(One);
        var waits = new List<long>();
        var now = 0L;
        while (book.Count > 0)
        {
            var begin = now;
            while (book.TakeNext(now, AllEqual) is null)
            {
                now += 100;
            }
            waits.Add(now - begin);
            book.Release(One, wasUseful: false, now);
        }
        Assert.Equal([0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000], waits);
    }

    [Fact]
    public void UsefulAddress_StartsAfresh()
    {
        var book = new PeerBook();
        book.Add(One);
        Assert.Equal(One, book.TakeNext(0, AllEqual));
        Assert.Null(book.TakeNext(0, AllEqual));
        book.Release(One, wasUseful: true, 0);
        Assert.Equal(One, book.TakeNext(500, AllEqual));
    }

    [Fact]
    public void Ban_CoversTheHostButOnLoopbackThePort()
    {
        var book = new PeerBook();
        book.Add(One);
        book.Ban(One);
        Assert.False(book.Add(IPEndPoint.Parse("192.168.0.1:9")));
        Assert.True(book.Add(Two));

        book.Ban(IPEndPoint.Parse("127.0.0.1:5"));
        Assert.False(book.Add(IPEndPoint.Parse("127.0.0.1:5")));
        Assert.True(book.Add(IPEndPoint.Parse("127.0.0.1:6")));
    }

    [Fact]
    public void OnePeer_NamesNoMoreThanItsShare_AndAllTogetherHalfOfTheBook()
    {
        var book = new PeerBook();
        Fill(book, 0, 300, PeerSource.PeerExchange, One.Address);
        Assert.Equal(200, book.Count);
        for (var teller = 1; teller < 50; teller++)
        {
            Fill(book, teller, 300, PeerSource.PeerExchange, new IPAddress([9, 9, 9, (byte)teller]));
        }
        Assert.Equal(1000, book.Count);
    }

    [Fact]
    public void PortsOfOneAddress_AreFewInPeerExchange()
    {
        var book = new PeerBook();
        for (var port = 1000; port < 1100; port++)
        {
            book.Add(new IPEndPoint(One.Address, port), PeerSource.PeerExchange, Two.Address);
        }
        Assert.Equal(4, book.Count);
    }

    [Fact]
    public void FullBook_GivesUpHearsayForATracker()
    {
        var book = new PeerBook();
        Fill(book, 0, 200, PeerSource.PeerExchange, One.Address);
        Fill(book, 1, 1800, PeerSource.Dht, null);
        Assert.Equal(2000, book.Count);
        Assert.True(book.Add(Two, PeerSource.Tracker));
        Assert.Equal(2000, book.Count);
        Assert.False(book.Add(One, PeerSource.PeerExchange, Two.Address));
    }

    [Fact]
    public void ExchangedAddressThatFails_IsSoonForgotten_UnlessOthersNameItToo()
    {
        var book = new PeerBook();
        book.Add(One, PeerSource.PeerExchange, Two.Address);
        book.Add(Two, PeerSource.PeerExchange, Two.Address);
        book.Add(Two, PeerSource.Tracker);
        for (var now = 0; now < 10_000; now += 5000)
        {
            while (book.TakeNext(now, AllEqual) is { } endPoint)
            {
                book.Release(endPoint, wasUseful: false, now);
            }
        }
        Assert.Null(book.SourceOf(One));
        Assert.Equal(PeerSource.Tracker, book.SourceOf(Two));
        book.ForgetHearsay();
        Assert.Equal(1, book.Count);
    }

    [Fact]
    public void AddressInIPv6Form_IsTheIPv4Address()
    {
        var book = new PeerBook();
        book.Add(IPEndPoint.Parse("[::ffff:192.168.0.1]:1"));
        Assert.False(book.Add(One));
        Assert.Equal(One, book.TakeNext(0, AllEqual));
    }

    [Fact]
    public void BanOfAnIPv6Host_CoversItsNetwork()
    {
        var book = new PeerBook();
        book.Ban(IPEndPoint.Parse("[2606:4700:0:1::1]:5"));
        Assert.False(book.Add(IPEndPoint.Parse("[2606:4700:0:1:9::1]:6")));
        Assert.True(book.Add(IPEndPoint.Parse("[2606:4700:0:2::1]:5")));
    }

    [Fact]
    public void Flood_IsBounded()
    {
        var book = new PeerBook();
        for (var i = 0; i < 5000; i++)
        {
            book.Add(new IPEndPoint(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 1));
        }
        Assert.Equal(2000, book.Count);
    }

    [Fact]
    public void NextAddress_IsOfANewNetwork_NotOnlyHearsay_AndOfHighPriority()
    {
        var book = new PeerBook();
        IPEndPoint[] inOrder = [.. new[] { "8.1.1.2:1", "8.2.1.1:1", "8.3.1.1:1", "8.1.1.1:1", "8.1.1.3:1" }.Select(IPEndPoint.Parse)];
        foreach (var endPoint in inOrder.Reverse())
        {
            book.Add(endPoint, endPoint.Equals(inOrder[2]) ? PeerSource.PeerExchange : PeerSource.Dht, One.Address);
        }
        uint Priority(IPEndPoint endPoint) => endPoint.Equals(inOrder[0]) ? 3u : endPoint.Equals(inOrder[4]) ? 0u : 1u;
        Assert.Equal(inOrder, Enumerable.Range(0, 5).Select(_ => book.TakeNext(0, Priority)));
    }

    private static uint AllEqual(IPEndPoint endPoint) => 0;

    private static void Fill(PeerBook book, int network, int count, PeerSource source, IPAddress? teller)
    {
        for (var i = 0; i < count; i++)
        {
            book.Add(new IPEndPoint(new IPAddress([11, (byte)network, (byte)(i >> 8), (byte)i]), 6881), source, teller);
        }
    }
}
