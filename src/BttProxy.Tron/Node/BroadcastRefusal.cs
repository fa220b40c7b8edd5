namespace BttProxy.Tron.Node;

/// <summary>Why a node refuses a transaction for good: the same bytes will be refused again.</summary>
public enum BroadcastRefusal
{
    None,

    /// <summary>The signature is not the owner's.</summary>
    Signature,

    /// <summary>The operation cannot be done: no such account or contract, or not enough TRX.</summary>
    Operation,

    /// <summary>Neither bandwidth nor TRX for it.</summary>
    Bandwidth,

    /// <summary>The block that it refers to is not of this chain, or too old.</summary>
    Reference,

    /// <summary>It has more bytes than nodes take.</summary>
    TooLarge,

    /// <summary>Its time is over.</summary>
    Expired,

    Other,
}
