using System.Net;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class ItemStoreTests
{
    private static readonly StoredItem Item = new("1:a"u8.ToArray(), null);
    private readonly FakeTimeProvider _time = new();
    private int _writers;

    [Fact]
    public void Item_IsForgottenAfterTwoHours()
    {
        var store = new ItemStore(DhtTestData.PublicRules, _time);
        store.Put(DhtTestData.Id(1), Item, default, NextWriter());
        _time.Advance(TimeSpan.FromMinutes(119));
        Assert.Same(Item, store.Find(DhtTestData.Id(1)));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(store.Find(DhtTestData.Id(1)));
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public void FullStore_GivesUpWhatIsFarthestFromUs()
    {
        var store = new ItemStore(DhtTestData.PublicRules, _time);
        store.Put(DhtTestData.Id(0xff), Item, default, NextWriter());
        for (var i = 0; i < DhtLimits.Items; i++)
        {
            store.Put(DhtTestData.Id((byte)(i >> 8), (byte)i), Item, default, NextWriter());
        }
        Assert.Equal(DhtLimits.Items, store.Count);
        Assert.Null(store.Find(DhtTestData.Id(0xff)));
        store.Put(DhtTestData.Id(0xfe), Item, default, NextWriter());
        Assert.Null(store.Find(DhtTestData.Id(0xfe)));
        Assert.Equal(DhtLimits.Items, store.Count);
    }

    [Theory]
    [InlineData("20.0.0.1", "20.0.0.1", "20.0.0.2")]
    [InlineData("2a00::1", "2a00::ffff", "2a00:0:0:1::1")]
    public void Writer_HasAShareOfTheRoomUntilItsItemsExpire(string address, string sameWriter, string otherWriter)
    {
        var store = new ItemStore(DhtTestData.PublicRules, _time);
        for (var i = 0; i < DhtLimits.ItemsPerWriter; i++)
        {
            Assert.True(store.Put(DhtTestData.Id(1, (byte)i), Item, default, new IPEndPoint(IPAddress.Parse(address), i + 1)));
        }
        var same = new IPEndPoint(IPAddress.Parse(sameWriter), 6881);
        Assert.False(store.Put(DhtTestData.Id(2), Item, default, same));
        Assert.True(store.Put(DhtTestData.Id(1), Item, default, same));
        Assert.True(store.Put(DhtTestData.Id(2), Item, default, new IPEndPoint(IPAddress.Parse(otherWriter), 6881)));
        _time.Advance(DhtLimits.ItemLifetime);
        Assert.True(store.Put(DhtTestData.Id(3), Item, default, same));
    }

    [Fact]
    public void RefreshedItem_CountsForWhoPutItFirst()
    {
        var store = new ItemStore(DhtTestData.PublicRules, _time);
        for (var i = 0; i < DhtLimits.ItemsPerWriter + 1; i++)
        {
            store.Put(DhtTestData.Id(1, (byte)i), Item, default, NextWriter());
        }
        var keeper = NextWriter();
        for (var i = 0; i < DhtLimits.ItemsPerWriter + 1; i++)
        {
            Assert.True(store.Put(DhtTestData.Id(1, (byte)i), Item, default, keeper));
        }
        Assert.True(store.Put(DhtTestData.Id(2), Item, default, keeper));
    }

    private IPEndPoint NextWriter() => DhtTestData.PublicPeer(_writers++);
}
