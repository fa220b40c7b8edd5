namespace BttProxy.FunctionalTests.Relay.Settlement.Sweep;

/// <summary>What the chain does besides while a relay is killed.</summary>
internal enum SettlementFault
{
    None,

    /// <summary>The first transaction is accepted and never seen again.</summary>
    Dropped,

    /// <summary>The first transaction runs out of energy.</summary>
    Starved,

    /// <summary>A stranger sends the same vouchers first.</summary>
    FrontRun,
}
