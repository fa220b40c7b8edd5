namespace BttProxy.Relay.Observability;

internal enum ResponseOutcome
{
    Complete,
    CreditCut,
    Aborted,
}
