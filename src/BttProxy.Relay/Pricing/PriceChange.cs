using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Pricing;

/// <summary>From that moment on another price holds.</summary>
internal sealed record PriceChange(DateTimeOffset At, PricePerMegabyte Price);
