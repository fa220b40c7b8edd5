namespace BttProxy.Tron;

/// <summary>Why the contract refuses a transaction. Sent and stored: the numbers never change.</summary>
public enum ContractRejection
{
    None = 0,

    /// <summary>The channel was never opened.</summary>
    UnknownChannel = 1,

    /// <summary>The channel stands at another epoch.</summary>
    WrongEpoch = 2,

    /// <summary>The block's time is past the deadline.</summary>
    DeadlinePassed = 3,

    /// <summary>A zero address, another token, or an id that is not the hash of the terms.</summary>
    InvalidTerms = 4,

    /// <summary>A signature that the contract's <c>ecrecover</c> does not take.</summary>
    BadSignature = 5,

    /// <summary>A sound signature by somebody else.</summary>
    WrongSigner = 6,

    /// <summary>More than the payer's deposit that no channel holds.</summary>
    InsufficientDeposit = 7,

    /// <summary>More than the wallet holds.</summary>
    InsufficientBalance = 8,

    /// <summary>The channel reserves that much already: an authorisation names the total, and only a higher one adds to it.</summary>
    NotAboveReserved = 9,

    /// <summary>The final amount is below what is claimed or above what is reserved.</summary>
    FinalOutOfRange = 10,

    /// <summary>The payer is withdrawing.</summary>
    WithdrawPending = 11,

    /// <summary>Nobody has asked to withdraw.</summary>
    NoWithdrawPending = 12,

    /// <summary>The withdraw delay is not over.</summary>
    WithdrawTooEarly = 13,

    /// <summary>The payer's next transaction carries another number.</summary>
    BadNonce = 14,

    /// <summary>Zero, or more than the token's supply can be.</summary>
    AmountOutOfRange = 15,

    /// <summary>More rows than one transaction takes.</summary>
    TooManyRows = 16,

    /// <summary>The token did not move exactly the amount: it refused, takes a fee, or is no token.</summary>
    TokenRefused = 17,

    /// <summary>The token called the contract from within a transfer.</summary>
    Reentered = 18,
}
