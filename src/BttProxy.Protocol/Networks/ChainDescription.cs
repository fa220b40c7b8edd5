namespace BttProxy.Protocol.Networks;

/// <summary>How to reach the chain.</summary>
/// <param name="Kind"><see cref="Ledger"/> is the only kind yet.</param>
/// <param name="Url">An absolute http or https address.</param>
public sealed record ChainDescription(string Kind, Uri Url)
{
    /// <summary>The devnet's embedded ledger over HTTP.</summary>
    public const string Ledger = "ledger";
}
