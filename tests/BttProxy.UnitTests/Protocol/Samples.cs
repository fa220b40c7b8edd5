using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using BttProxy.Protocol.Relays;

namespace BttProxy.UnitTests.Protocol;

/// <summary>Fixed keys, channel and record that the tests below share.</summary>
internal static class Samples
{
    public static Secp256k1Key Payer { get; } = Key(1);

    public static Secp256k1Key Session { get; } = Key(2);

    public static Secp256k1Key Authorizer { get; } = Key(3);

    public static TronAddress Payee { get; } = Key(4).Address;

    public static TronAddress Token { get; } = TronAddress.Parse("TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4");

    public static ChannelDomain Domain { get; } = new(31337, TronAddress.Parse("TAmjt833Q3mEghnSHEfrG7bMhyaWsWuZEu"));

    public static ChannelTerms Terms { get; } =
        new(Payer.Address, Session.Address, Payee, Authorizer.Address, Token, 86_400, Repeat(0x55));

    public static ChannelId ChannelId { get; } = Terms.Id(Domain);

    public static RelayIdentity Identity { get; } = RelayIdentity.FromSeed(Repeat(0x77).Span);

    public static SessionId SessionId { get; } = new(new UInt128(0x0001020304050607, 0x08090A0B0C0D0E0F));

    public static Secp256k1Key Key(byte value) => Secp256k1Key.FromBytes(Repeat(value).Span);

    public static Bytes32 Repeat(byte value) => new(Enumerable.Repeat(value, Bytes32.Length).ToArray());

    public static SignedVoucher Voucher(UInt128 cumulative, ulong epoch = 0) =>
        new Voucher(ChannelId, epoch, new TokenAmount(cumulative)).Sign(Domain, Session);

    public static RelayRecord Record() => new()
    {
        IssuedAt = 1_795_400_000,
        TimeToLive = 3600,
        Endpoints = [new RelayEndpoint(System.Net.IPAddress.Parse("203.0.113.7"), 443), new RelayEndpoint(System.Net.IPAddress.Parse("2001:db8::7"), 8443)],
        ServerName = "www.example.org",
        TlsKeyHash = Repeat(0x11),
        PathKey = Repeat(0x22),
        Payee = Payee,
        Binding = RelayBinding.Sign(Identity.Id, Payee, Authorizer),
        ChainId = Domain.ChainId,
        Contract = Domain.Contract,
        Token = Token,
        Price = new PricePerMegabyte(250_000),
        FreeMegabytes = 5000,
        MinimumDeposit = TokenAmount.FromBtt(10),
        OpenFee = TokenAmount.FromBtt(1),
        WindowFloor = CreditWindow.DefaultFloor,
        WindowCeiling = CreditWindow.DefaultCeiling,
        Features = RelayFeatures.Http2 | RelayFeatures.OpensChannels,
        CapacityClass = 10,
        Load = 25,
        Region = "DE",
        PolicyHash = Repeat(0x33),
        Neighbours = [new RelayId(Repeat(0x44))],
    };
}
