namespace BttProxy.Relay.Policies;

/// <param name="Period">Day or month.</param>
/// <param name="Used">Bytes that clients got in it.</param>
/// <param name="Limit">Null for no quota.</param>
/// <param name="Until">When the next one begins.</param>
internal sealed record QuotaUse(QuotaPeriod Period, long Used, long? Limit, DateTimeOffset Until)
{
    public bool IsReached => Used >= Limit;
}
