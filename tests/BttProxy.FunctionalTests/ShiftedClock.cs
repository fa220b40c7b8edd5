namespace BttProxy.FunctionalTests;

/// <summary>The machine's clock, some days ahead.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
