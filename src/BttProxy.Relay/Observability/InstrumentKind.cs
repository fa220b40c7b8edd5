namespace BttProxy.Relay.Observability;

/// <summary>How an instrument counts.</summary>
internal enum InstrumentKind
{
    /// <summary>Only goes up.</summary>
    Counter,

    /// <summary>A count that also goes down.</summary>
    UpDownCounter,

    Gauge,

    Histogram,
}
