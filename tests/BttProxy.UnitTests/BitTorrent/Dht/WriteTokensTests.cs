using System.Net;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class WriteTokensTests
{
    private static readonly IPAddress Address = IPAddress.Parse("8.8.8.8");
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, true)]
    [InlineData(299, true)]
    [InlineData(301, true)]
    [InlineData(599, true)]
    [InlineData(601, false)]
    public void Token_LivesUntilItsKeyIsTwoRotationsOld(int seconds, bool accepted)
    {
        var tokens = new WriteTokens(_time);
        var token = tokens.Issue(Address);
        for (var passed = 0; passed < seconds; passed++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            tokens.Issue(IPAddress.Loopback);
        }
        Assert.Equal(accepted, tokens.Accepts(token, Address));
    }

    [Fact]
    public void TokenAfterALongSilence_IsRefused()
    {
        var tokens = new WriteTokens(_time);
        var token = tokens.Issue(Address);
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.False(tokens.Accepts(token, Address));
    }

    [Fact]
    public void TokenOfAnotherAddressOrNode_IsRefused()
    {
        var tokens = new WriteTokens(_time);
        Assert.False(tokens.Accepts(tokens.Issue(Address), IPAddress.Parse("8.8.8.9")));
        Assert.False(tokens.Accepts(new WriteTokens(_time).Issue(Address), Address));
        Assert.False(tokens.Accepts([], Address));
    }
}
