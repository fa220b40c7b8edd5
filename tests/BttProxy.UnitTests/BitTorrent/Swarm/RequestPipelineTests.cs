using BttProxy.BitTorrent.Swarm;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Swarm;

public sealed class RequestPipelineTests
{
    private const int Block = 16 * 1024;

    [Fact]
    public void FastPeer_GetsTwoMoreRequestsPerBlockUpToTheLimit()
    {
        var pipeline = new RequestPipeline(500);
        pipeline.SetPeerLimit(2000);
        Receive(pipeline, blocks: 100);
        Assert.Equal(RequestPipeline.InitialDepth + 200, pipeline.Depth);
        Receive(pipeline, blocks: 1000);
        Assert.Equal(500, pipeline.Depth);
    }

    [Theory]
    [InlineData(8, 7)]
    [InlineData(1, 1)]
    [InlineData(512, 448)]
    public void PeersOwnLimit_IsNotUsedUp(int told, int used)
    {
        var pipeline = new RequestPipeline(500);
        pipeline.SetPeerLimit(told);
        Receive(pipeline, blocks: 1000);
        Assert.Equal(used, pipeline.Depth);
    }

    [Fact]
    public void SlowPeer_SettlesAtWhatItSendsInAFewSeconds()
    {
        var pipeline = new RequestPipeline(500);
        var rate = new RateMeter();
        for (var i = 0; i < 500; i++)
        {
            rate.Add(Block, i * 100L);
            pipeline.OnBlock(rate, i * 100L);
        }
        // Ten blocks a second, three seconds' worth.
        Assert.InRange(pipeline.Depth, 16, 40);
    }

    [Fact]
    public void SnubbedPeer_GetsOneRequestUntilItSendsAgain()
    {
        var pipeline = new RequestPipeline(500);
        pipeline.Snub();
        Assert.Equal(1, pipeline.Depth);
        var rate = new RateMeter();
        rate.Add(Block, 0);
        pipeline.OnBlock(rate, 0);
        Assert.InRange(pipeline.Depth, 2, 16);
    }

    [Fact]
    public void Rate_IsThatOfTheLastTwoSeconds()
    {
        var rate = new RateMeter();
        for (var now = 0; now < 5000; now += 10)
        {
            rate.Add(1000, now);
        }
        Assert.InRange(rate.Rate(5000), 90_000, 110_000);
        Assert.Equal(0, rate.Rate(60_000));
        Assert.Equal(500_000, rate.Total);
    }

    private static void Receive(RequestPipeline pipeline, int blocks)
    {
        var rate = new RateMeter();
        for (var i = 0; i < blocks; i++)
        {
            rate.Add(Block, i / 10);
            pipeline.OnBlock(rate, i / 10);
        }
    }
}
