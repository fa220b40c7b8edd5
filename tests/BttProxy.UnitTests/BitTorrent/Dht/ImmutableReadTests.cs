using System.Net;
using System.Net.Sockets;
using System.Text;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class ImmutableReadTests
{
    private static readonly IPEndPoint Liar = DhtTestData.PublicPeer(1);
    private static readonly IPEndPoint Other = DhtTestData.PublicPeer(2);

    [Theory]
    [InlineData("5:value", "value")]
    [InlineData("5:other", null)]
    [InlineData("le", null)]
    public async Task CopyWithAnotherHash_IsNotTaken(string copyOfTheOther, string? expected)
    {
        using var socket = new ScriptedSocket(AddressFamily.InterNetwork);
        socket.Answer = (remote, query) => ScriptedSocket.Reply(query, DhtNodeId.Hash(remote.Address.GetAddressBytes()), writer =>
        {
            var copy = remote.Equals(Liar) ? "4:lies" : copyOfTheOther;
            writer.WriteEntry("nodes"u8, CompactAddresses.WriteNodes(
                [new DhtContact(DhtNodeId.Hash(Other.Address.GetAddressBytes()), Other)], AddressFamily.InterNetwork));
            writer.WriteRawEntry("v"u8, Encoding.ASCII.GetBytes(copy));
        });
        var options = new DhtNodeOptions
        {
            ListenEndPoint = IPEndPoint.Parse("90.1.1.1:6881"), Guard = new ConnectGuard(new ConnectGuardOptions()), Bootstrap = [Liar],
        };
        await using var node = new DhtNode(options, _ => socket, new FakeTimeProvider(), NullLoggerFactory.Instance);
        await node.StartAsync(TestContext.Current.CancellationToken);
        var read = await node.GetImmutableAsync(DhtNodeId.Hash("5:value"u8), TestContext.Current.CancellationToken);
        Assert.Equal(expected, read is { } bytes ? Encoding.ASCII.GetString(bytes.Span) : null);
    }
}
