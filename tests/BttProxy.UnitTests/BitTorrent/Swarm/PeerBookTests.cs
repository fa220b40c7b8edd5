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
            while (book.TakeNext(now) is null)
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
        Assert.Equal(One, book.TakeNext(0));
        Assert.Null(book.TakeNext(0));
        book.Release(One, wasUseful: true, 0);
        Assert.Equal(One, book.TakeNext(500));
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
    public void Flood_IsBounded()
    {
        var book = new PeerBook();
        for (var i = 0; i < 5000; i++)
        {
            book.Add(new IPEndPoint(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 1));
        }
        Assert.Equal(2000, book.Count);
    }
}
