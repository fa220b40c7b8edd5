namespace BttProxy.Relay.Observability;

internal enum ResponseOutcome
{
    Complete,
    CreditCut,

    /// <summary>A quota was used up, or the torrent is not carried any more.</summary>
    PolicyCut,

    Aborted,
}
