namespace BttProxy.BitTorrent.Dht;

/// <summary>Why a received packet was dropped without an answer.</summary>
public enum DhtDropReason
{
    /// <summary>No KRPC message: broken or too deeply nested bencoding, too long, or parts missing.</summary>
    Unreadable,

    /// <summary>A reply with the transaction id of no open query, or from another address than the one that was asked.</summary>
    UnexpectedReply,

    /// <summary>A query from an address that the guard denies, so the answer could not go there.</summary>
    DeniedAddress,

    /// <summary>A query beyond what one remote may ask.</summary>
    OverBudget,

    /// <summary>A query to a read-only node (BEP 43).</summary>
    ReadOnly,
}
