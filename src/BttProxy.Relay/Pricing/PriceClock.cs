using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Pricing;

/// <summary>Tells when the hour brings another price, so that the record says so at once.</summary>
internal sealed partial class PriceClock(CurrentOffer offer, TimeProvider time, ILogger<PriceClock> logger)
    : WatchedLoop(RelayLoop.PriceClock, LongestWait, time)
{
    // The machine's clock may be set, and the schedule replaced.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var announced = offer.Price;
        while (true)
        {
            Turn();
            await Task.Delay(UntilNextLook(), Time, stoppingToken);
            if (offer.Price is var price && price != announced)
            {
                announced = price;
                LogPrice(price.ToBtt());
                offer.NotifyChanged();
            }
        }
    }

    private TimeSpan UntilNextLook()
    {
        var wait = offer.NextChange?.At - Time.GetUtcNow() ?? LongestWait;
        return wait > LongestWait ? LongestWait : wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A megabyte costs {Price} now; sessions that are open keep their price")]
    private partial void LogPrice(string price);
}
