namespace BttProxy.Devnet.Chain.Node;

/// <summary>What goes wrong on request. Set by tests, between transactions.</summary>
internal sealed class ChainFaults
{
    /// <summary>So many of the next transactions are accepted and never seen again: they expire.</summary>
    public int TransactionsToDrop { get; set; }

    /// <summary>So many of the next transactions that run code get too little energy, whatever their fee limit.</summary>
    public int TransactionsToStarve { get; set; }
}
