namespace BttProxy.Relay.Backup;

/// <summary>What became of a voucher from a backup.</summary>
internal enum RestoreVerdict
{
    /// <summary>It is in the ledger now (or would be, in a dry run).</summary>
    Restored,

    /// <summary>The ledger has one that pays no less.</summary>
    AlreadyHeld,

    /// <summary>The channel pays somebody else than the configured payee.</summary>
    OtherPayee,

    /// <summary>The channel names another authoriser than this relay's payee-key.</summary>
    OtherAuthorizer,

    /// <summary>The channel pays another token than the network's.</summary>
    OtherToken,

    /// <summary>The channel's signer did not sign it for this network's contract.</summary>
    WrongSignature,

    /// <summary>The chain does not know the channel.</summary>
    NotOnChain,

    /// <summary>The channel was closed after it; it can no longer be claimed.</summary>
    EpochOver,

    /// <summary>It belongs to an epoch that the chain has not reached.</summary>
    EpochAhead,

    /// <summary>The chain has paid as much.</summary>
    AlreadyClaimed,

    /// <summary>More than the channel reserves.</summary>
    AboveReserved,
}
