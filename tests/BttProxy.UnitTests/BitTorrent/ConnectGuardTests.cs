using System.Net;
using BttProxy.BitTorrent;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent;

public sealed class ConnectGuardTests
{
    [Theory]
    [InlineData("8.8.8.8:6881", ConnectRefusal.None)]
    [InlineData("8.8.8.8:443", ConnectRefusal.None)]
    [InlineData("8.8.8.8:0", ConnectRefusal.PortZero)]
    [InlineData("8.8.8.8:25", ConnectRefusal.SystemPort)]
    [InlineData("127.0.0.1:6881", ConnectRefusal.Loopback)]
    [InlineData("127.255.255.254:6881", ConnectRefusal.Loopback)]
    [InlineData("10.1.2.3:6881", ConnectRefusal.Private)]
    [InlineData("172.31.255.255:6881", ConnectRefusal.Private)]
    [InlineData("172.32.0.1:6881", ConnectRefusal.None)]
    [InlineData("192.168.1.1:6881", ConnectRefusal.Private)]
    [InlineData("100.64.0.1:6881", ConnectRefusal.CarrierGradeNat)]
    [InlineData("169.254.169.254:80", ConnectRefusal.LinkLocal)]
    [InlineData("239.192.152.143:6771", ConnectRefusal.Multicast)]
    [InlineData("0.0.0.0:6881", ConnectRefusal.Unspecified)]
    [InlineData("255.255.255.255:6881", ConnectRefusal.Reserved)]
    [InlineData("[2606:4700::1111]:6881", ConnectRefusal.None)]
    [InlineData("[::1]:6881", ConnectRefusal.Loopback)]
    [InlineData("[::]:6881", ConnectRefusal.Unspecified)]
    [InlineData("[fd00::1]:6881", ConnectRefusal.Private)]
    [InlineData("[fe80::1]:6881", ConnectRefusal.LinkLocal)]
    [InlineData("[ff02::1]:6881", ConnectRefusal.Multicast)]
    [InlineData("[::ffff:127.0.0.1]:6881", ConnectRefusal.Loopback)]
    [InlineData("[::ffff:8.8.8.8]:6881", ConnectRefusal.None)]
    [InlineData("[::127.0.0.1]:6881", ConnectRefusal.Translated)]
    [InlineData("[64:ff9b::7f00:1]:6881", ConnectRefusal.Translated)]
    [InlineData("[64:ff9b:1::a00:1]:6881", ConnectRefusal.Translated)]
    [InlineData("[2002:7f00:1::]:6881", ConnectRefusal.Translated)]
    [InlineData("[2001:0:7f00:1::]:6881", ConnectRefusal.Translated)]
    [InlineData("[::ffff:0:127.0.0.1]:6881", ConnectRefusal.Translated)]
    [InlineData("[::ffff:100.64.0.1]:6881", ConnectRefusal.CarrierGradeNat)]
    [InlineData("[::ffff:169.254.169.254]:80", ConnectRefusal.LinkLocal)]
    [InlineData("[::ffff:224.0.0.1]:6881", ConnectRefusal.Multicast)]
    [InlineData("192.88.99.1:6881", ConnectRefusal.Translated)]
    [InlineData("100.127.255.255:6881", ConnectRefusal.CarrierGradeNat)]
    [InlineData("100.128.0.0:6881", ConnectRefusal.None)]
    [InlineData("192.0.0.8:6881", ConnectRefusal.Reserved)]
    [InlineData("192.0.2.1:6881", ConnectRefusal.Reserved)]
    [InlineData("198.18.0.1:6881", ConnectRefusal.Reserved)]
    [InlineData("198.51.100.1:6881", ConnectRefusal.Reserved)]
    [InlineData("203.0.113.1:6881", ConnectRefusal.Reserved)]
    [InlineData("240.0.0.1:6881", ConnectRefusal.Reserved)]
    [InlineData("168.63.129.16:80", ConnectRefusal.LinkLocal)]
    [InlineData("[fe80::1%3]:6881", ConnectRefusal.LinkLocal)]
    [InlineData("[febf::1]:6881", ConnectRefusal.LinkLocal)]
    [InlineData("[fec0::1]:6881", ConnectRefusal.Private)]
    [InlineData("[fc00::1]:6881", ConnectRefusal.Private)]
    [InlineData("[100::1]:6881", ConnectRefusal.Reserved)]
    [InlineData("[100:0:0:1::1]:6881", ConnectRefusal.Reserved)]
    [InlineData("[2001:db8::1]:6881", ConnectRefusal.Reserved)]
    [InlineData("[2001:20::1]:6881", ConnectRefusal.Reserved)]
    [InlineData("[2001:200::1]:6881", ConnectRefusal.None)]
    [InlineData("[3fff::1]:6881", ConnectRefusal.Reserved)]
    [InlineData("[5f00::1]:6881", ConnectRefusal.Reserved)]
    [InlineData("[4000::1]:6881", ConnectRefusal.Reserved)]
    [InlineData("8.8.8.8:22", ConnectRefusal.SystemPort)]
    [InlineData("8.8.8.8:53", ConnectRefusal.SystemPort)]
    [InlineData("8.8.8.8:1023", ConnectRefusal.SystemPort)]
    [InlineData("8.8.8.8:1024", ConnectRefusal.None)]
    [InlineData("8.8.8.8:80", ConnectRefusal.None)]
    [InlineData("8.8.8.8:3306", ConnectRefusal.ServicePort)]
    [InlineData("8.8.8.8:6379", ConnectRefusal.ServicePort)]
    [InlineData("[2606:4700::1111]:5432", ConnectRefusal.ServicePort)]
    public void PublicGuard_JudgesByAddressAndPort(string endPoint, ConnectRefusal expected)
    {
        var guard = new ConnectGuard(new ConnectGuardOptions());
        Assert.Equal(expected == ConnectRefusal.None, guard.Allows(IPEndPoint.Parse(endPoint), out var reason));
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData("127.0.0.1:80", ConnectRefusal.None)]
    [InlineData("127.0.0.1:6379", ConnectRefusal.None)]
    [InlineData("168.63.129.16:80", ConnectRefusal.LinkLocal)]
    [InlineData("[fe80::1]:6881", ConnectRefusal.LinkLocal)]
    [InlineData("[4000::1]:6881", ConnectRefusal.Reserved)]
    [InlineData("10.1.2.3:6881", ConnectRefusal.None)]
    [InlineData("[::ffff:127.0.0.1]:6881", ConnectRefusal.None)]
    [InlineData("[fd00::1]:6881", ConnectRefusal.None)]
    [InlineData("127.0.0.1:0", ConnectRefusal.PortZero)]
    [InlineData("169.254.169.254:80", ConnectRefusal.LinkLocal)]
    [InlineData("100.64.0.1:6881", ConnectRefusal.CarrierGradeNat)]
    [InlineData("239.1.1.1:6881", ConnectRefusal.Multicast)]
    [InlineData("[64:ff9b::7f00:1]:6881", ConnectRefusal.Translated)]
    public void TestNetworkGuard_AllowsLoopbackAndPrivateOnly(string endPoint, ConnectRefusal expected)
    {
        var guard = new ConnectGuard(new ConnectGuardOptions { AllowPrivateAddresses = true });
        guard.Allows(IPEndPoint.Parse(endPoint), out var reason);
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData("10.244.0.7:6881")]
    [InlineData("[::ffff:10.244.0.7]:6881")]
    public void DeniedNetwork_WinsOverAllowedPrivate(string endPoint)
    {
        var guard = new ConnectGuard(new ConnectGuardOptions
        {
            AllowPrivateAddresses = true,
            DeniedNetworks = [IPNetwork.Parse("10.244.0.0/16")],
        });
        Assert.False(guard.Allows(IPEndPoint.Parse(endPoint), out var reason));
        Assert.Equal(ConnectRefusal.DeniedNetwork, reason);
    }
}
