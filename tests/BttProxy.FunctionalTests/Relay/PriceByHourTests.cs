using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>A relay whose price depends on the hour.</summary>
public sealed class PriceByHourTests
{
    private static readonly PricePerMegabyte Day = new(1_000_003);
    private static readonly PricePerMegabyte Evening = new(2_000_003);
    private static readonly TokenAmount Reserve = new(2_000_000_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NewHour_BringsAnotherRecord_AndTheOldOnesPriceHoldsForWhoReadItJustBefore(bool announces)
    {
        await using var world = await MarketWorld.StartAsync(1 << 20, Token);
        var clock = new ShiftedClock();
        clock.Shift = Next(17, 50) - clock.GetUtcNow();
        var options = world.RelayOptions("relay");
        options.Dht.Announce = announces;
        options.Offer.PriceByHour = [new HourPrice { From = new TimeOnly(18, 0), To = new TimeOnly(23, 0), Price = Evening }];
        await using var relay = await world.StartRelayAsync(options, Token, clock);
        using var early = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token, clock: clock);
        using var late = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token, clock: clock);
        using var tooLate = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token, clock: clock);
        Assert.Equal(Day, (await early.OpenAsync(Reserve, Token)).Price);

        clock.Shift += TimeSpan.FromMinutes(10);
        await Eventually.IsTrueAsync(() => PriceOf(relay.Record) == Evening);

        using var informed = await RelayCustomer.CreateAsync(world, relay.Record, Reserve, Token, clock: clock);
        Assert.Equal(Evening, (await informed.OpenAsync(Reserve, Token)).Price);
        Assert.Equal(Day, (await late.OpenAsync(Reserve, Token)).Price);
        Assert.Equal(1 << 18, (await early.ReadAsync(world.InfoHash, 0, 1 << 18, 1 << 17, Token)).Length);
        Assert.Equal(VoucherRejection.Accepted, (await early.PayAsync(early.VoucherFor(early.Received), Token)).Code);

        clock.Shift += KeptRecords.Grace;
        Assert.Equal(SessionRejection.WrongRecord, await tooLate.AskAsync(Reserve, Token));
        Assert.Equal(Evening, (await tooLate.At(relay.Record).OpenAsync(Reserve, Token)).Price);
    }

    private static DateTimeOffset Next(int hour, int minute)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new DateTimeOffset(now.Date.AddHours(hour).AddMinutes(minute), TimeSpan.Zero) is var today && today > now ? today : today.AddDays(1);
    }

    private static PricePerMegabyte PriceOf(SignedRelayRecord signed) => signed.TryVerify(out var record, out _) ? record.Price : default;
}
