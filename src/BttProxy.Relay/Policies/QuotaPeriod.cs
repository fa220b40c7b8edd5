namespace BttProxy.Relay.Policies;

/// <summary>By the calendar.</summary>
internal enum QuotaPeriod
{
    Day,
    Month,
}
