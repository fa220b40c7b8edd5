using System.Net;
using BttProxy.BitTorrent.Dht;
using BttProxy.Discovery.Announcing;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.FunctionalTests.Discovery;

/// <summary>A relay that can be found; behind its address is nothing.</summary>
internal sealed class AnnouncedRelay : IAsyncDisposable
{
    private readonly DhtNode _node;
    private bool _gone;

    public AnnouncedRelay(DhtNode node)
    {
        _node = node;
        Record = CreateRecord(Identity);
        Announcer = new RelayAnnouncer(
            node, new RecordSigner(Identity, () => Record, TimeProvider.System), TestMarket.Market, new RelayAnnouncerOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    }

    public RelayIdentity Identity { get; } = RelayIdentity.Generate();

    public RelayRecord Record { get; set; }

    public RelayAnnouncer Announcer { get; }

    public RelayId Id => Identity.Id;

    public static RelayRecord CreateRecord(RelayIdentity identity)
    {
        using var authorizer = Secp256k1Key.Generate();
        return new RelayRecord
        {
            IssuedAt = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            TimeToLive = 3600,
            Endpoints = [new RelayEndpoint(IPAddress.Loopback, 4430)],
            ServerName = "relay.example",
            TlsKeyHash = default,
            PathKey = default,
            Payee = authorizer.Address,
            Binding = RelayBinding.Sign(identity.Id, authorizer.Address, authorizer),
            ChainId = TestMarket.Market.ChainId,
            Contract = TestMarket.Market.Contract,
            Token = TestMarket.Market.Token,
            Price = new PricePerMegabyte(1000),
            WindowFloor = new ByteCount(256 * 1024),
            WindowCeiling = new ByteCount(16 * 1024 * 1024),
        };
    }

    /// <summary>The relay goes offline without a word.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_gone)
        {
            _gone = true;
            await Announcer.DisposeAsync();
            await _node.DisposeAsync();
        }
    }
}
