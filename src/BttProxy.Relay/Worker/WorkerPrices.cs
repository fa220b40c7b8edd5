using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Worker;

/// <summary>What availability answers quote.</summary>
internal sealed record WorkerPrices(PricePerMegabyte Price, PricePerMegabyte PinPrice);
