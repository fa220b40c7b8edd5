using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class PacingTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>Above 50 packets in 10 seconds libtorrent bans the sender; four per second is what we promise.</summary>
    [Fact]
    public async Task RemoteThatAsksAllTheTimeAndIsAsked_GetsLessThanFourPacketsPerSecond()
    {
        var (socket, time) = (new ScriptedSocket(AddressFamily.InterNetwork), new FakeTimeProvider());
        var options = new DhtNodeOptions { ListenEndPoint = IPEndPoint.Parse("90.1.1.1:6881"), Guard = new ConnectGuard(new ConnectGuardOptions()) };
        var remote = DhtTestData.PublicPeer(1);
        socket.Answer = (_, query) => ScriptedSocket.Reply(query, DhtTestData.Id(2));
        await using var core = new DhtCore(options, socket, time, NullLoggerFactory.Instance).Transport;
        core.Start(options.ListenEndPoint);
        var query = KrpcEncoder.EncodeQuery(1, KrpcQuery.Ping(), DhtTestData.Id(2), readOnly: false);
        var asking = new List<Task>();
        var before = 0;
        for (var step = 0; step < 1200; step++)
        {
            socket.Deliver(query, remote);
            if (step % 2 == 0)
            {
                asking.Add(core.QueryAsync(remote, KrpcQuery.Ping(), DhtLimits.HardTimeout, TestContext.Current.CancellationToken));
            }
            while (!socket.IsIdle)
            {
                await Task.Yield();
            }
            time.Advance(Step);
            before = step == 600 ? socket.Sent.Count : before;
        }
        var later = socket.Sent.Count - before;
        Assert.InRange(later, 60, 60 * 4);
        Assert.True(core.Counters.Dropped(DhtDropReason.OverBudget) > 0);
        time.Advance(TimeSpan.FromMinutes(1));
        await Task.WhenAll(asking);
        Assert.Equal(0, core.PendingCount);
    }
}
