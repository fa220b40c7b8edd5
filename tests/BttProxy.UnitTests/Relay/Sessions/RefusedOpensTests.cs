using System.Net;
using BttProxy.Protocol.Messages;
using BttProxy.Relay.Sessions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Relay.Sessions;

public sealed class RefusedOpensTests
{
    private static readonly IPAddress Flooder = IPAddress.Parse("198.51.100.7");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Flood_IsCutOffForTheRestOfTheMinuteAndForItsAddressAlone()
    {
        var refused = new RefusedOpens(3, _time);
        for (var i = 0; i < 3; i++)
        {
            Assert.False(refused.IsExceeded(Flooder));
            refused.Note(Flooder, SessionRejection.WrongSigner);
        }

        Assert.True(refused.IsExceeded(Flooder));
        Assert.True(refused.IsExceeded(Flooder.MapToIPv6()));
        Assert.False(refused.IsExceeded(IPAddress.Parse("198.51.100.8")));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(refused.IsExceeded(Flooder));
    }

    [Fact]
    public void AddressesOfOneSite_CountTogether()
    {
        var refused = new RefusedOpens(2, _time);
        refused.Note(IPAddress.Parse("2001:db8:5:1::1"), SessionRejection.UnknownChannel);
        refused.Note(IPAddress.Parse("2001:db8:5:2::9"), SessionRejection.DepositMissing);
        Assert.True(refused.IsExceeded(IPAddress.Parse("2001:db8:5:ffff::1")));
        Assert.False(refused.IsExceeded(IPAddress.Parse("2001:db8:6::1")));
    }

    [Fact]
    public void TroubleOfTheRelayItself_CountsAgainstNobody()
    {
        var refused = new RefusedOpens(1, _time);
        refused.Note(Flooder, SessionRejection.Accepted);
        refused.Note(Flooder, SessionRejection.ChainUnavailable);
        refused.Note(Flooder, SessionRejection.TooManySessions);
        Assert.False(refused.IsExceeded(Flooder));
    }

    [Fact]
    public void MoreAddressesThanAreRemembered_LockNobodyOut()
    {
        var refused = new RefusedOpens(1, _time);
        for (var i = 0; i < MinuteCounts<IPAddress>.MaxKeys; i++)
        {
            refused.Note(new IPAddress(0x0A000000 + i), SessionRejection.BadSignature);
        }

        refused.Note(Flooder, SessionRejection.BadSignature);
        Assert.False(refused.IsExceeded(Flooder));
        Assert.True(refused.IsExceeded(new IPAddress(0x0A000000)));
    }
}
