using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Tunnel;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Tunnel;

public sealed class RendezvousTests
{
    // SHA-1 of "bttproxy/1|devnet|5|83120" and of "bttproxy-self|1", by sha1sum.
    [Fact]
    public void Hashes_AreFrozen()
    {
        Assert.Equal("11c417f5685bf4a18854e4a56856f1912a10148b", Convert.ToHexStringLower(Rendezvous.InfoHash("devnet", 5, 83120)));
        Assert.Equal("a17bd5117dcd6214a87a9fdddf45aece412d4faa", Convert.ToHexStringLower(Rendezvous.SelfTarget()));
    }

    [Fact]
    public void Epoch_ChangesEverySixHours()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(83120L * 21600);
        Assert.Equal(83120, Rendezvous.Epoch(start));
        Assert.Equal(83120, Rendezvous.Epoch(start.AddSeconds(21599)));
        Assert.Equal(83121, Rendezvous.Epoch(start.AddSeconds(21600)));
    }

    [Fact]
    public void Shard_IsTheLowBitsOfTheFirstByte()
    {
        Assert.Equal(5, Rendezvous.Shard(new RelayId(Samples.Repeat(0xFD))));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rendezvous.InfoHash("devnet", 8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rendezvous.InfoHash("devnet", -1, 0));
    }
}
