using System.Net;
using BttProxy.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class AddressLimitTests
{
    private readonly AddressLimit _limit = new(2);

    [Theory]
    [InlineData("8.8.8.8", "8.8.8.8", false)]
    [InlineData("8.8.8.8", "::ffff:8.8.8.8", false)]
    [InlineData("8.8.8.8", "8.8.8.9", true)]
    [InlineData("2606:4700::1", "2606:4700::ffff:1", false)]
    [InlineData("2606:4700::1", "2606:4700:0:1::1", true)]
    public void FullAddress_TakesNoMore(string full, string next, bool expected)
    {
        Assert.True(_limit.TryTake(IPAddress.Parse(full)));
        Assert.True(_limit.TryTake(IPAddress.Parse(full)));
        Assert.Equal(expected, _limit.TryTake(IPAddress.Parse(next)));
    }

    [Fact]
    public void PlaceGivenBack_IsTakenAgain()
    {
        var address = IPAddress.Parse("8.8.8.8");
        for (var i = 0; i < 10; i++)
        {
            Assert.True(_limit.TryTake(address));
            Assert.True(_limit.TryTake(address));
            Assert.False(_limit.TryTake(address));
            _limit.Return(address);
            _limit.Return(address);
        }
    }
}
