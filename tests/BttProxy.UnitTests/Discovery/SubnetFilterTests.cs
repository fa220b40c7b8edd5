using System.Net;
using BttProxy.Discovery.Finding;
using Xunit;

namespace BttProxy.UnitTests.Discovery;

public sealed class SubnetFilterTests
{
    [Theory]
    [InlineData("198.51.1.1", "198.51.1.200", false)]
    [InlineData("198.51.1.1", "198.51.2.1", true)]
    [InlineData("198.51.1.1", "::ffff:198.51.1.9", false)]
    [InlineData("2a01:1:2::1", "2a01:1:2:ffff::9", false)]
    [InlineData("2a01:1:2::1", "2a01:1:3::1", true)]
    public void SecondRelay_GetsAPlaceOnlyInAnotherBlock(string first, string second, bool taken)
    {
        var filter = new SubnetFilter(isOff: false);

        Assert.True(filter.TryTake([IPAddress.Parse(first)]));
        Assert.Equal(taken, filter.TryTake([IPAddress.Parse(second)]));
    }

    [Fact]
    public void OneTakenAddress_TakesNoPlaceForTheOthers()
    {
        var filter = new SubnetFilter(isOff: false);
        filter.TryTake([IPAddress.Parse("198.51.1.1")]);

        Assert.False(filter.TryTake([IPAddress.Parse("198.51.2.1"), IPAddress.Parse("198.51.1.2")]));
        Assert.True(filter.TryTake([IPAddress.Parse("198.51.2.3")]));
    }

    [Fact]
    public void TwoAddressesOfOneRelayInOneBlock_AreOnePlace()
    {
        var filter = new SubnetFilter(isOff: false);

        Assert.True(filter.TryTake([IPAddress.Parse("198.51.1.1"), IPAddress.Parse("198.51.1.2")]));
    }

    [Fact]
    public void TestNetwork_HasNoRule()
    {
        var filter = new SubnetFilter(isOff: true);

        Assert.True(filter.TryTake([IPAddress.Loopback]));
        Assert.True(filter.TryTake([IPAddress.Loopback]));
    }
}
