using System.Net;
using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using BttProxy.UnitTests.Discovery;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.Client;

public sealed class RelayOfferTests : IDisposable
{
    private readonly TestRelay _relay = new(new FakeTimeProvider());

    [Fact]
    public void NewerRecordWithOtherTerms_IsTaken()
    {
        var offer = Offer();
        _relay.Seq++;
        var renewed = offer.Renewed(_relay.Sign(record => record with { Price = new PricePerMegabyte(7), TimeToLive = 60 }).Encode());
        Assert.Equal((_relay.Seq, new PricePerMegabyte(7)), (renewed!.Signed.Seq, renewed.Price));
    }

    [Fact]
    public void RecordOfTheSameOrAnEarlierTime_IsNot()
    {
        var offer = Offer();
        Assert.Null(offer.Renewed(offer.Signed.Encode()));
        _relay.Seq--;
        Assert.Null(offer.Renewed(_relay.Sign().Encode()));
    }

    [Fact]
    public void RecordOfAnotherPlaceMarketOrPayee_IsNot()
    {
        var offer = Offer();
        _relay.Seq++;
        Func<RelayRecord, RelayRecord>[] changes =
        [
            static record => record with { Endpoints = [new RelayEndpoint(IPAddress.Loopback, 1)] },
            static record => record with { ServerName = "other.example" },
            static record => record with { TlsKeyHash = new Bytes32([.. Enumerable.Repeat((byte)1, 32)]) },
            static record => record with { PathKey = new Bytes32([.. Enumerable.Repeat((byte)1, 32)]) },
            static record => record with { ChainId = record.ChainId + 1 },
            static record => record with { Contract = record.Token },
            static record => record with { Token = record.Contract },
        ];
        Assert.All(changes, change => Assert.Null(offer.Renewed(_relay.Sign(change).Encode())));
    }

    [Fact]
    public void ForgedOrForeignRecord_IsNot()
    {
        var offer = Offer();
        using var other = new TestRelay(new FakeTimeProvider()) { Seq = _relay.Seq + 1 };
        var forged = (offer.Signed with { Seq = _relay.Seq + 1 }).Encode();
        Assert.Null(offer.Renewed(other.Sign().Encode()));
        Assert.Null(offer.Renewed(forged));
        Assert.Null(offer.Renewed(forged.AsSpan(0, 90)));
        Assert.Null(offer.Renewed([]));
    }

    public void Dispose() => _relay.Dispose();

    private RelayOffer Offer()
    {
        var signed = _relay.Sign();
        Assert.True(signed.TryVerify(out var record, out _));
        return new RelayOffer(signed, record);
    }
}
