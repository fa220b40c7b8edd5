using System.Net;
using BttProxy.Relay.Observability;
using Xunit;

namespace BttProxy.UnitTests.Relay.Observability;

public class AdminApplicationTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("10.244.0.10", false)]
    [InlineData("::ffff:10.244.0.10", false)]
    [InlineData("fe80::1", false)]
    [InlineData(null, false)]
    public void BooksAndRecord_AreForThisMachineAlone(string? remote, bool isFromHere) =>
        Assert.Equal(isFromHere, AdminApplication.IsFromHere(remote is null ? null : IPAddress.Parse(remote)));
}
