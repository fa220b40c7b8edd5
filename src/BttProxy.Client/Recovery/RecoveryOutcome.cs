namespace BttProxy.Client.Recovery;

/// <summary>What became of one channel in a recovery.</summary>
internal enum RecoveryOutcome
{
    /// <summary>Taken up: this computer pays with it from now on.</summary>
    Recovered,

    /// <summary>This computer knew it; ledger and relay agree.</summary>
    Kept,

    /// <summary>No relay that it pays was found.</summary>
    NoRelay,

    /// <summary>Its relay does not answer, or refuses.</summary>
    RelayFailed,

    /// <summary>Its relay's word is not believed, or the channel is in use.</summary>
    NotBelieved,

    /// <summary>Its vouchers are signed by a key that does not come from this wallet.</summary>
    ForeignSigner,

    Withdrawing,
}
