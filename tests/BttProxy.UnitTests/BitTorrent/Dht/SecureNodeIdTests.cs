using System.Net;
using BttProxy.BitTorrent.Dht;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class SecureNodeIdTests
{
    // Example addresses of BEP 42.
    [Theory]
    [InlineData("124.31.75.21", 1, "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401")]
    [InlineData("21.75.31.124", 86, "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256")]
    [InlineData("65.23.51.170", 22, "a5d43220bc8f112a3d426c84764f8c2a1150e616")]
    [InlineData("84.124.73.14", 65, "1b0321dd1bb1fe518101ceef99462b947a01ff41")]
    [InlineData("43.213.53.83", 90, "e56f6cbf5b7c4be0237986d5243b87aa6d51305a")]
    public void PublishedExample_Matches(string address, byte seed, string id)
    {
        var nodeId = new DhtNodeId(Convert.FromHexString(id));
        Assert.Equal(seed, nodeId.Span[^1]);
        Assert.True(SecureNodeId.Matches(nodeId, IPAddress.Parse(address)));
        Assert.False(SecureNodeId.Matches(nodeId, IPAddress.Parse("124.31.75.213")));
        Assert.Equal(Convert.ToHexStringLower(nodeId.Span[..2]), SecureNodeId.ComputePrefix(IPAddress.Parse(address), seed).ToString("x8")[..4]);
    }

    [Theory]
    [InlineData("8.8.4.4")]
    [InlineData("2606:4700::1111")]
    public void CreatedId_MatchesItsAddressOnly(string text)
    {
        var address = IPAddress.Parse(text);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(SecureNodeId.Matches(SecureNodeId.Create(address), address));
        }
        var foreign = Enumerable.Range(0, 100).Count(_ => SecureNodeId.Matches(DhtNodeId.CreateRandom(), address));
        Assert.True(foreign <= 1);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("192.168.0.1")]
    [InlineData("::1")]
    [InlineData("fd00::1")]
    public void LocalAddress_IsExempt(string address) =>
        Assert.True(SecureNodeId.Matches(DhtNodeId.CreateRandom(), IPAddress.Parse(address)));
}
