using BttProxy.BitTorrent.Trackers;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Trackers;

public sealed class TrackerTiersTests
{
    [Fact]
    public void OnlyTrackerUrls_AreKept_EachOnce()
    {
        var tiers = new TrackerTiers(
            [["http://a/announce", "ftp://b/", "udp://c:6969", "udp://d", "nonsense"], ["http://a/announce"], [$"http://{new string('e', 3000)}/"]],
            new Random(1));

        Assert.Equal(["http://a/announce", "udp://c:6969/"], tiers.InOrder().Select(url => url.AbsoluteUri).Order());
    }

    [Fact]
    public void TrackerThatAnswers_ComesFirstInItsTier_AndTiersKeepTheirOrder()
    {
        var tiers = new TrackerTiers([["http://a/", "http://b/", "http://c/"], ["http://d/", "http://e/"]], new Random(1));
        var last = tiers.InOrder()[4];
        tiers.Promote(tiers.InOrder()[2]);
        tiers.Promote(last);
        var order = tiers.InOrder();

        Assert.Equal(last, order[3]);
        Assert.Equal(["http://a/", "http://b/", "http://c/"], order[..3].Select(url => url.AbsoluteUri).Order());
    }

    [Fact]
    public void Flood_IsCut() =>
        Assert.Equal(64, new TrackerTiers([Enumerable.Range(0, 500).Select(i => $"http://t{i}/")], new Random(1)).InOrder().Length);

    [Fact]
    public void Nothing_HasNoTier() => Assert.Equal(0, new TrackerTiers([["x"], []], new Random(1)).Count);
}
