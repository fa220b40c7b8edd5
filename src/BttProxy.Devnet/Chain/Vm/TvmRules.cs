namespace BttProxy.Devnet.Chain.Vm;

/// <summary>What TRON networks decide by vote and matters to a contract.</summary>
internal sealed record TvmRules
{
    public static TvmRules Mainnet { get; } = new();

    /// <summary>
    /// A caller keeps one 64th of its energy back from a call (EIP-150). TRON does so for contracts deployed under proposal 60
    /// (getAllowTvmCompatibleEvm), which mainnet has not adopted: there a callee that burns all it was given burns the transaction's.
    /// Default: false.
    /// </summary>
    public bool KeepsOne64th { get; init; }
}
