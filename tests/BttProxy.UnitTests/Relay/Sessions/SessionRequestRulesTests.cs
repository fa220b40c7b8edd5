using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Sessions;
using Xunit;

namespace BttProxy.UnitTests.Relay.Sessions;

public sealed class SessionRequestRulesTests : IDisposable
{
    private const ulong Now = 1_795_400_000;
    private const ulong Skew = 30;

    private static readonly PricePerMegabyte Price = new(100);
    private static readonly ChannelDomain Domain = new(1, Address(9));

    private readonly Secp256k1Key _payer = Secp256k1Key.Generate();
    private readonly Secp256k1Key _signer = Secp256k1Key.Generate();
    private readonly VoucherPolicy _policy = new() { Domain = Domain, Token = Address(1), Payee = Address(2), PayeeAuthorizer = Address(3) };

    public void Dispose()
    {
        _payer.Dispose();
        _signer.Dispose();
    }

    [Fact]
    public void Honest_IsAccepted() => Assert.Equal(SessionRejection.Accepted, Check(Request()));

    [Fact]
    public void UnknownVersion_IsRefused() => Assert.Equal(SessionRejection.UnsupportedVersion, Check(Request() with { Version = 99 }));

    [Fact]
    public void AnotherRelaysRecord_IsRefused() => Assert.Equal(SessionRejection.WrongRecord, Check(Request(), isOurRecord: false));

    [Fact]
    public void AnotherPrice_IsRefused() => Assert.Equal(SessionRejection.WrongPrice, Check(Request(price: new PricePerMegabyte(99))));

    [Fact]
    public void BidAboveThePrice_IsNotSoldYet() => Assert.Equal(SessionRejection.WrongBid, Check(Request() with { Bid = new PricePerMegabyte(101) }));

    [Theory]
    [InlineData(-31)]
    [InlineData(31)]
    public void ClockTooFarOff_IsRefused(int offset) =>
        Assert.Equal(SessionRejection.StaleTimestamp, Check(Request(timestamp: (ulong)((long)Now + offset))));

    [Theory]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue)]
    public void ExtremeTimestamp_IsRefusedWithoutOverflow(ulong timestamp) =>
        Assert.Equal(SessionRejection.StaleTimestamp, Check(Request(timestamp: timestamp)));

    [Fact]
    public void TermsForSomebodyElse_AreRefusedByPart()
    {
        Assert.Equal(SessionRejection.WrongToken, Check(Request(Terms(token: Address(7)))));
        Assert.Equal(SessionRejection.WrongPayee, Check(Request(Terms(payee: Address(7)))));
        Assert.Equal(SessionRejection.WrongAuthorizer, Check(Request(Terms(authorizer: Address(7)))));
        Assert.Equal(SessionRejection.WithdrawDelayOutOfRange, Check(Request(Terms(withdrawDelay: 3599))));
        Assert.Equal(SessionRejection.WithdrawDelayOutOfRange, Check(Request(Terms(withdrawDelay: ProtocolConstants.MaxUInt40))));
    }

    [Fact]
    public void SignedBySomebodyElse_IsRefused() => Assert.Equal(SessionRejection.WrongSigner, Check(Request(signer: _payer)));

    [Fact]
    public void UnusableSignature_IsRefused()
    {
        var request = Request();
        var broken = request.Proof with { Signature = default };

        Assert.Equal(SessionRejection.BadSignature, Check(request with { Proof = broken }));
    }

    [Fact]
    public void SignedForAnotherChain_IsRefused() =>
        Assert.Equal(SessionRejection.WrongSigner, Check(Request(domain: new ChannelDomain(2, Domain.Contract))));

    private static TronAddress Address(byte tag)
    {
        var bytes = new byte[TronAddress.Length];
        bytes.AsSpan().Fill(tag);
        return new TronAddress(bytes);
    }

    private SessionRejection Check(OpenSession request, bool isOurRecord = true) =>
        SessionRequestRules.Check(request, _policy, isOurRecord ? Record : null, Now, Skew);

    private static RelayRecord Record => new()
    {
        IssuedAt = Now,
        TimeToLive = 7200,
        Endpoints = [],
        ServerName = "",
        TlsKeyHash = default,
        PathKey = default,
        Payee = default,
        Binding = default,
        ChainId = 1,
        Contract = default,
        Token = default,
        Price = Price,
        WindowFloor = default,
        WindowCeiling = default,
    };

    private ChannelTerms Terms(
        TronAddress? token = null, TronAddress? payee = null, TronAddress? authorizer = null, ulong withdrawDelay = 86_400) => new(
        _payer.Address, _signer.Address, payee ?? Address(2), authorizer ?? Address(3), token ?? Address(1), withdrawDelay, Bytes32.Zero);

    private OpenSession Request(
        ChannelTerms? terms = null, PricePerMegabyte? price = null, ulong timestamp = Now, Secp256k1Key? signer = null, ChannelDomain? domain = null)
    {
        terms ??= Terms();
        var request = new SessionRequest(terms.Id(Domain), 0, Bytes32.Zero, price ?? Price, timestamp, Bytes32.Zero);
        return new OpenSession(
            ProtocolConstants.Version, terms, null, SessionProof.Create(request, domain ?? Domain, signer ?? _signer), Price, null);
    }
}
