using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Reloading;
using Xunit;

namespace BttProxy.UnitTests.Relay.Reloading;

public sealed class LiveOptionsTests
{
    [Fact]
    public void EveryLiveOption_IsAnOption()
    {
        var all = LiveOptions.Of(new RelayOptions());

        Assert.Equal(
            ["offer.minimumDeposit", "offer.openFee", "offer.priceByHour", "offer.pricePerMegabyte", "offer.timeZone", "policyFile"],
            all.Keys.Where(LiveOptions.IsLive).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Differences_AreNamedInFull()
    {
        var other = new RelayOptions { Schema = "./relay.schema.json" };
        other.Offer.PriceByHour = [new HourPrice { From = new TimeOnly(1, 0), To = new TimeOnly(2, 0), Price = new PricePerMegabyte(1) }];
        other.Tunnel.MaxConnections++;

        Assert.Equal(
            ["offer.priceByHour", "tunnel.maxConnections"],
            LiveOptions.Differences(LiveOptions.Of(new RelayOptions()), LiveOptions.Of(other)).Order(StringComparer.Ordinal));
    }
}
