namespace BttProxy.Client.Wallets;

/// <summary>What can be done with a channel of the wallet.</summary>
internal enum WalletChannelState
{
    /// <summary>It pays its relay.</summary>
    Open,

    /// <summary>The wallet opened it on another computer: 'wallet recover' takes it up.</summary>
    Unrecovered,

    /// <summary>The relay's word and our books differ: it is only good for 'wallet withdraw'.</summary>
    Quarantined,

    /// <summary>The withdraw delay runs, or is over.</summary>
    Withdrawing,

    /// <summary>Nothing is reserved.</summary>
    Closed,

    /// <summary>Prepared here; no relay has opened it.</summary>
    NotOnChain,
}
