namespace BttProxy.Tron.Node;

public enum TransactionStage
{
    /// <summary>In no block yet, as far as the nodes know.</summary>
    Unknown,

    /// <summary>In a block that may still be undone.</summary>
    Included,

    /// <summary>In a block for good.</summary>
    Final,

    /// <summary>In no block, and never will be.</summary>
    Expired,
}
