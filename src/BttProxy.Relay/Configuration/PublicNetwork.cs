namespace BttProxy.Relay.Configuration;

/// <summary>The public networks whose facts the relay knows.</summary>
public enum PublicNetwork
{
    /// <summary>TRON's test network.</summary>
    Nile,

    /// <summary>TRON's main network.</summary>
    Mainnet,
}
