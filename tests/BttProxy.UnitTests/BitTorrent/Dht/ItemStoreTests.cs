using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class ItemStoreTests
{
    private static readonly StoredItem Item = new("1:a"u8.ToArray(), null);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Item_IsForgottenAfterTwoHours()
    {
        var store = new ItemStore(_time);
        store.Put(DhtTestData.Id(1), Item, default);
        _time.Advance(TimeSpan.FromMinutes(119));
        Assert.Same(Item, store.Find(DhtTestData.Id(1)));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(store.Find(DhtTestData.Id(1)));
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public void FullStore_GivesUpWhatIsFarthestFromUs()
    {
        var store = new ItemStore(_time);
        store.Put(DhtTestData.Id(0xff), Item, default);
        for (var i = 0; i < DhtLimits.Items; i++)
        {
            store.Put(DhtTestData.Id((byte)(i >> 8), (byte)i), Item, default);
        }
        Assert.Equal(DhtLimits.Items, store.Count);
        Assert.Null(store.Find(DhtTestData.Id(0xff)));
        store.Put(DhtTestData.Id(0xfe), Item, default);
        Assert.Null(store.Find(DhtTestData.Id(0xfe)));
        Assert.Equal(DhtLimits.Items, store.Count);
    }
}
