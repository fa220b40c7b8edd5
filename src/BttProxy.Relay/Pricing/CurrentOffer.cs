using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Pricing;

/// <summary>What a process of the relay asks for now. Sessions keep what they were opened with.</summary>
internal sealed class CurrentOffer(OfferOptions options, TimeProvider time)
{
    private OfferTerms _terms = OfferTerms.Of(options);

    /// <summary>Something that the record says is another than before.</summary>
    public event Action? Changed;

    public OfferTerms Terms => Volatile.Read(ref _terms);

    public PricePerMegabyte Price => Terms.Prices.PriceAt(time.GetUtcNow());

    public PriceChange? NextChange => Terms.Prices.NextChange(time.GetUtcNow());

    /// <exception cref="RelayConfigurationException">The machine does not know the time zone.</exception>
    public void Replace(OfferOptions fresh)
    {
        Volatile.Write(ref _terms, OfferTerms.Of(fresh));
        NotifyChanged();
    }

    public void NotifyChanged() => Changed?.Invoke();
}
