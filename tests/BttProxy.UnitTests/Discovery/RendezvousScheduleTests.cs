using BttProxy.Discovery.Announcing;
using BttProxy.Protocol.Tunnel;
using Xunit;

namespace BttProxy.UnitTests.Discovery;

public sealed class RendezvousScheduleTests
{
    private static readonly DateTimeOffset EpochStart = new(2026, 11, 23, 6, 0, 0, TimeSpan.Zero);
    private static readonly long Epoch = Rendezvous.Epoch(EpochStart);

    [Theory]
    [InlineData(0, false)]
    [InlineData(299, false)]
    [InlineData(300, true)]
    [InlineData(359, true)]
    public void LastHourOfAnEpoch_AnnouncesTheNextOneToo(int minute, bool announcesNext)
    {
        var epochs = RendezvousSchedule.AnnounceEpochs(EpochStart.AddMinutes(minute));

        Assert.Equal(announcesNext ? [Epoch, Epoch + 1] : [Epoch], epochs);
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(59, -1)]
    [InlineData(60, 0)]
    [InlineData(299, 0)]
    [InlineData(300, 1)]
    public void NearAChange_SearchesTheNeighbourToo(int minute, int neighbour)
    {
        var epochs = RendezvousSchedule.SearchEpochs(EpochStart.AddMinutes(minute));

        Assert.Equal(neighbour == 0 ? [Epoch] : [Epoch, Epoch + neighbour], epochs);
    }

    [Fact]
    public void WhoAnnouncesEvery20Minutes_IsAlwaysWhereClientsLook()
    {
        for (var minute = 0; minute < 360; minute++)
        {
            var client = EpochStart.AddMinutes(minute);
            var lastAnnounced = client.AddMinutes(-20);

            Assert.Contains(RendezvousSchedule.SearchEpochs(client)[0], RendezvousSchedule.AnnounceEpochs(lastAnnounced));
        }
    }

    [Fact]
    public void NetworksAndShardsAndEpochs_NeverMeet()
    {
        var places = from network in new[] { "main", "devnet" }
                     from shard in Enumerable.Range(0, Rendezvous.ShardCount)
                     from epoch in new[] { Epoch, Epoch + 1 }
                     select RendezvousSchedule.At(network, shard, epoch);

        Assert.Equal(32, places.Distinct().Count());
    }
}
