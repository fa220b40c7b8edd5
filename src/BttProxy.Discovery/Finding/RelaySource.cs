namespace BttProxy.Discovery.Finding;

/// <summary>Where a relay's record was taken from.</summary>
public enum RelaySource
{
    /// <summary>The relay itself, asked directly after it was met at the rendezvous.</summary>
    Direct = 0,
    /// <summary>DHT nodes that store the record (BEP 44).</summary>
    Dht = 1,
    /// <summary>An earlier run of this program.</summary>
    Cache = 2,
}
