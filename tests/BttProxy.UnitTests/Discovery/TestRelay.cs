using System.Net;
using BttProxy.Discovery;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;

namespace BttProxy.UnitTests.Discovery;

/// <summary>A relay with keys of its own and a record that every check accepts, unless a test changes it.</summary>
internal sealed class TestRelay : IDisposable
{
    public static readonly TronAddress Contract = Address(1);
    public static readonly TronAddress Token = Address(2);
    public static readonly RelayMarket Market = new("testnet", 99, Contract, Token);

    private readonly Secp256k1Key _authorizer = Secp256k1Key.Generate();

    public TestRelay(TimeProvider time, string address = "127.0.0.1", int port = 4430)
    {
        Record = new RelayRecord
        {
            IssuedAt = (ulong)time.GetUtcNow().ToUnixTimeSeconds(),
            TimeToLive = 3600,
            Endpoints = [new RelayEndpoint(IPAddress.Parse(address), port)],
            ServerName = "relay.example",
            TlsKeyHash = default,
            PathKey = default,
            Payee = _authorizer.Address,
            Binding = RelayBinding.Sign(Identity.Id, _authorizer.Address, _authorizer),
            ChainId = Market.ChainId,
            Contract = Contract,
            Token = Token,
            Price = new PricePerMegabyte(1000),
            WindowFloor = new ByteCount(256 * 1024),
            WindowCeiling = new ByteCount(16 * 1024 * 1024),
        };
        Seq = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public RelayIdentity Identity { get; } = RelayIdentity.Generate();

    public RelayId Id => Identity.Id;

    public RelayRecord Record { get; set; }

    public long Seq { get; set; }

    public SignedRelayRecord Sign() => SignedRelayRecord.Create(Identity, Record, Seq);

    public SignedRelayRecord Sign(Func<RelayRecord, RelayRecord> change) => SignedRelayRecord.Create(Identity, change(Record), Seq);

    public void Dispose()
    {
        Identity.Dispose();
        _authorizer.Dispose();
    }

    private static TronAddress Address(byte fill) => new(Enumerable.Repeat(fill, TronAddress.Length).ToArray());
}
