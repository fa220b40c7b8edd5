namespace BttProxy.Tron;

/// <summary>How far a claim that was sent has come.</summary>
public enum ClaimStage
{
    /// <summary>In no block yet, as far as anybody knows.</summary>
    Unknown,

    /// <summary>In a block that may still be undone.</summary>
    Included,

    /// <summary>In a block for good: the rows say what was paid.</summary>
    Solidified,

    /// <summary>In a block for good, and has changed nothing.</summary>
    Reverted,

    /// <summary>In no block, and never will be.</summary>
    Expired,
}
