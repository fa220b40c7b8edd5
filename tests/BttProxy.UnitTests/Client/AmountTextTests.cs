using BttProxy.Client.Commands;
using BttProxy.Client.Terminal;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.UnitTests.Client;

public class AmountTextTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("17", "17")]
    [InlineData("1BTT", "1000000000000000000")]
    [InlineData("2.5BTT", "2500000000000000000")]
    [InlineData("0.000000000000000001 btt", "1")]
    [InlineData("340282366920938463463374607431768211455", "340282366920938463463374607431768211455")]
    public void Amount_IsExact(string text, string units)
    {
        Assert.True(AmountText.TryParse(text, out var parsed));
        Assert.Equal(units, parsed.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("1.5")]
    [InlineData("BTT")]
    [InlineData("1.BTT")]
    [InlineData("1,5BTT")]
    [InlineData("0.0000000000000000001BTT")]
    [InlineData("999999999999999999999999BTT")]
    [InlineData("340282366920938463463374607431768211456")]
    public void NoAmount_IsRefused(string text) => Assert.False(AmountText.TryParse(text, out _));

    [Theory]
    [InlineData("0", "0 BTT")]
    [InlineData("2500000000000000000", "2.5 BTT")]
    [InlineData("2684354560000000000", "2.6843 BTT")]
    [InlineData("1638400000000000", "0.001638 BTT")]
    public void ShownAmount_IsRoundedDown(string units, string shown) => Assert.Equal(shown, Units.Btt(TokenAmount.Parse(units)));

    [Theory]
    [InlineData(999, "999 B")]
    [InlineData(1_000_000, "1.0 MB")]
    [InlineData(268_435_456, "268 MB")]
    public void ShownBytes_AreDecimal(double bytes, string shown) => Assert.Equal(shown, Units.Bytes(bytes));
}
