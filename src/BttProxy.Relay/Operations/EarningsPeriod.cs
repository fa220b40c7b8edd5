namespace BttProxy.Relay.Operations;

internal enum EarningsPeriod
{
    Hour,
    Day,
}
