using BttProxy.Relay.Observability;

namespace BttProxy.Relay.Metering;

/// <summary>What every metered response of a relay shares.</summary>
internal sealed record MeteringContext(TimeSpan CreditWait, TimeProvider Time, RelayMetrics Metrics);
