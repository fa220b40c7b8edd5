using BttProxy.BitTorrent.Bencoding;

namespace BttProxy.BitTorrent.Dht;

/// <summary>Collects the filters of one scrape (BEP 33). Thread-safe: both networks answer at the same time.</summary>
internal sealed class ScrapeVotes
{
    private readonly Lock _gate = new();
    private readonly List<ScrapeFilter> _seeds = [];
    private readonly List<ScrapeFilter> _downloaders = [];

    public void Add(BencodeDictionary reply)
    {
        if (reply.FindString("BFsd"u8) is not { Length: ScrapeFilter.Length } seeds
            || reply.FindString("BFpe"u8) is not { Length: ScrapeFilter.Length } downloaders)
        {
            return;
        }
        lock (_gate)
        {
            _seeds.Add(new ScrapeFilter(seeds.Span));
            _downloaders.Add(new ScrapeFilter(downloaders.Span));
        }
    }

    public DhtScrape Count()
    {
        lock (_gate)
        {
            return new DhtScrape(Estimate(_seeds), Estimate(_downloaders), _seeds.Count);
        }
    }

    private static int Estimate(List<ScrapeFilter> filters) => (int)Math.Round(ScrapeFilter.Agree(filters).Estimate());
}
