using System.Globalization;

namespace BttProxy.Relay.Policies;

/// <summary>Whether the relay sells nothing because a quota is used up, and until when.</summary>
internal sealed class Hibernation
{
    private Sleep? _sleep;

    /// <summary>It began or ended.</summary>
    public event Action? Changed;

    public bool IsOn => Volatile.Read(ref _sleep) is not null;

    public DateTimeOffset? Until => Volatile.Read(ref _sleep)?.Until;

    /// <summary>In words, for operators and clients; null while it sells.</summary>
    public string? Reason => Volatile.Read(ref _sleep) is { } sleep
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"the traffic quota of this {(sleep.Period == QuotaPeriod.Day ? "day" : "month")} is used up until {sleep.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC")
        : null;

    /// <param name="period">Of the quota that is used up and lasts longest; null when none is.</param>
    /// <param name="until">When it ends.</param>
    public void Set(QuotaPeriod? period, DateTimeOffset until)
    {
        var before = IsOn;
        Volatile.Write(ref _sleep, period is { } used ? new Sleep(used, until) : null);
        if (before != IsOn)
        {
            Changed?.Invoke();
        }
    }

    private sealed record Sleep(QuotaPeriod Period, DateTimeOffset Until);
}
