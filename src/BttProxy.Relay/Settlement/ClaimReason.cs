namespace BttProxy.Relay.Settlement;

/// <summary>Why a channel is claimed now, the most urgent last.</summary>
internal enum ClaimReason
{
    /// <summary>Somebody asked for it: the operator, or a relay that stops.</summary>
    Asked,

    Age,

    /// <summary>What it is worth, against the fee.</summary>
    Value,

    /// <summary>Its session has closed.</summary>
    Closed,

    /// <summary>The caps on what payers owe are near.</summary>
    Exposure,

    /// <summary>The payer takes the money back after the delay.</summary>
    Withdraw,
}
