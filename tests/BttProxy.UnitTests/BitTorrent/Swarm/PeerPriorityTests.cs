using System.Net;
using BttProxy.BitTorrent.Swarm;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class PeerPriorityTests
{
    private static readonly Gen<IPEndPoint> EndPoints = Gen.Select(
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.Int[1, 65535], static (address, port) => new IPEndPoint(new IPAddress(address), port));

    /// <summary>Those of BEP 40.</summary>
    [Theory]
    [InlineData("123.213.32.10:1", "98.76.54.32:2", 0xec2d7224)]
    [InlineData("123.213.32.10:1", "123.213.32.234:2", 0x99568189)]
    public void Vectors(string left, string right, uint expected) =>
        Assert.Equal(expected, PeerPriority.Compute(IPEndPoint.Parse(left), IPEndPoint.Parse(right)));

    [Fact]
    public void BothEnds_ComeToTheSame() => Gen.Select(EndPoints, EndPoints).Sample((left, right) =>
        Assert.Equal(PeerPriority.Compute(left, right), PeerPriority.Compute(right, left)));

    [Theory]
    // Another /16: of the last two bytes only every second bit counts.
    [InlineData("9.9.9.9:1", "8.8.1.1:1", "8.8.3.3:1", true)]
    [InlineData("9.9.9.9:1", "8.8.1.1:1", "8.8.4.1:1", false)]
    // The same /16: the third byte counts.
    [InlineData("8.8.9.9:1", "8.8.1.1:1", "8.8.3.1:1", false)]
    [InlineData("8.8.9.9:1", "8.8.1.1:1", "8.8.1.3:1", true)]
    // The same /24: all counts.
    [InlineData("8.8.1.9:1", "8.8.1.1:1", "8.8.1.3:1", false)]
    // The same address: the ports.
    [InlineData("8.8.8.8:1", "8.8.8.8:2", "8.8.8.8:3", false)]
    [InlineData("8.8.8.9:1", "8.8.8.8:2", "8.8.8.8:3", true)]
    [InlineData("[2001:db8::1]:1", "[2606:4700:1:1::1]:1", "[2606:4700:3:3::1]:1", true)]
    [InlineData("[2606:4700:9::1]:1", "[2606:4700:1:1::1]:1", "[2606:4700:3:1::1]:1", false)]
    [InlineData("[2606:4700:9::1]:1", "[2606:4700:1:1::1]:1", "[2606:4700:1:3::1]:1", true)]
    public void Mask_FollowsWhatTheAddressesShare(string own, string one, string other, bool isEqual) => Assert.Equal(
        isEqual, PeerPriority.Compute(IPEndPoint.Parse(own), IPEndPoint.Parse(one)) == PeerPriority.Compute(IPEndPoint.Parse(own), IPEndPoint.Parse(other)));
}
