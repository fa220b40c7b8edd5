using System.Net;
using BttProxy.Client.Fetching;
using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Client;

public class RelayPoolTests
{
    private static readonly ByteCount Gigabyte = new(1_000_000_000);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void CheapAndClose_ComesFirst()
    {
        var pool = new RelayPool(null, AnyFee, _time);
        pool.Add(Relay(1, price: 200, milliseconds: 10));
        var best = Relay(2, price: 100, milliseconds: 20);
        pool.Add(best);
        pool.Add(Relay(3, price: 100, milliseconds: 900));
        Assert.Same(best, pool.Best(Gigabyte));
    }

    [Fact]
    public void FailedRelay_RestsLongerEachTime_ThenComesBack()
    {
        var pool = new RelayPool(null, AnyFee, _time);
        var relay = Relay(1, 100, 10);
        pool.Add(relay);
        foreach (var rest in new[] { 1, 2, 4 })
        {
            pool.Failed(relay, LeaveReason.Stalled, "silent");
            _time.Advance(TimeSpan.FromSeconds(rest) - TimeSpan.FromMilliseconds(1));
            Assert.Null(pool.Best(Gigabyte));
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Same(relay, pool.Best(Gigabyte));
        }

        Assert.Contains("silent", Assert.Single(pool.Reasons()), StringComparison.Ordinal);
    }

    [Fact]
    public void BannedRelay_StaysBanned_WithANewRecordToo()
    {
        var pool = new RelayPool(null, AnyFee, _time);
        pool.Add(Relay(1, 100, 10));
        pool.Ban(Id(1), "lied");
        pool.Add(Relay(1, 1, 1, seq: 2));
        Assert.Null(pool.Best(Gigabyte));
    }

    [Fact]
    public void PriceLimit_HoldsExactly()
    {
        var pool = new RelayPool(new PricePerMegabyte(100), AnyFee, _time);
        pool.Add(Relay(1, 101, 1));
        Assert.Null(pool.Best(Gigabyte));
        Assert.True(pool.IsAllTooDear);
        var fair = Relay(2, 100, 500);
        pool.Add(fair);
        Assert.Same(fair, pool.Best(Gigabyte));
        Assert.False(pool.IsAllTooDear);
        Assert.Contains("--max-price", Assert.Single(pool.Reasons()), StringComparison.Ordinal);
    }

    [Fact]
    public void FeeForOpening_IsSharedByTheBytes_AndCountsOnlyWithoutAChannel()
    {
        var pool = new RelayPool(null, AnyFee, _time);
        var (charging, dearer) = (Relay(1, 100, 10, fee: 50_000), Relay(2, 120, 10));
        pool.Add(charging);
        pool.Add(dearer);
        Assert.Same(charging, pool.Best(new ByteCount(10_000_000_000)));
        Assert.Same(dearer, pool.Best(Gigabyte));
        pool.Prefer([Id(1)]);
        Assert.Same(charging, pool.Best(Gigabyte));
    }

    [Fact]
    public void FeeLimit_HoldsExactly_AndNotForAChannelThatIsOpen()
    {
        var pool = new RelayPool(null, static price => new TokenAmount(price.Units * 10), _time);
        pool.Add(Relay(1, 100, 10, fee: 1_001));
        Assert.Null(pool.Best(Gigabyte));
        Assert.True(pool.IsAllTooDear);
        Assert.Contains("--max-fee", Assert.Single(pool.Reasons()), StringComparison.Ordinal);
        pool.Add(Relay(2, 100, 10, fee: 1_000));
        Assert.Equal(Id(2), pool.Best(Gigabyte)!.Offer.Id);
        pool.Prefer([Id(1)]);
        Assert.Equal(Id(1), pool.Best(Gigabyte)!.Offer.Id);
    }

    [Fact]
    public void OnlyRelaysBeyondTheFunds_AreKnownAsSuch()
    {
        var pool = new RelayPool(null, AnyFee, _time);
        var relay = Relay(1, 100, 10);
        pool.Add(relay);
        Assert.False(pool.IsAllLeft(LeaveReason.NoFunds));
        pool.Failed(relay, LeaveReason.NoFunds, "poor");
        Assert.True(pool.IsAllLeft(LeaveReason.NoFunds));
    }

    [Fact]
    public void RelayWithANewerRecord_IsTriedAtOnceButOnlyOnce()
    {
        var pool = new RelayPool(null, AnyFee, _time);
        var relay = Relay(1, 100, 10);
        pool.Add(relay);
        pool.Failed(relay, LeaveReason.Unreachable, "it restarts");
        Assert.Null(pool.Best(Gigabyte));

        Assert.True(pool.TryRenew(relay, Relay(1, 90, 10, seq: 2).Offer));
        var renewed = pool.Best(Gigabyte)!;
        Assert.Equal((2L, new PricePerMegabyte(90), 1), (renewed.Offer.Signed.Seq, renewed.Offer.Price, renewed.Failures));
        Assert.False(pool.TryRenew(renewed, Relay(1, 90, 10, seq: 3).Offer));

        pool.Succeeded(renewed);
        Assert.True(pool.TryRenew(renewed, Relay(1, 90, 10, seq: 3).Offer));
    }

    private static TokenAmount AnyFee(PricePerMegabyte price) => TokenAmount.MaxValue;

    private static RankedRelay Relay(byte id, ulong price, int milliseconds, long seq = 1, ulong fee = 0)
    {
        var record = new RelayRecord
        {
            IssuedAt = 1, TimeToLive = 1, Endpoints = [new RelayEndpoint(IPAddress.Loopback, 443)], ServerName = "", TlsKeyHash = default,
            PathKey = default, Payee = default, Binding = default, ChainId = 1, Contract = default, Token = default,
            Price = new PricePerMegabyte(price), WindowFloor = new ByteCount(1), WindowCeiling = new ByteCount(1), OpenFee = new TokenAmount(fee),
        };
        var signed = new SignedRelayRecord(Id(id), seq, ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty);
        return new RankedRelay(new RelayOffer(signed, record), TimeSpan.FromMilliseconds(milliseconds));
    }

    private static RelayId Id(byte value)
    {
        var bytes = new byte[32];
        bytes[0] = value;
        return new RelayId(new Bytes32(bytes));
    }
}
