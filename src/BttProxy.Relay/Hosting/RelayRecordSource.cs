using System.Collections.Immutable;
using System.Net;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;

namespace BttProxy.Relay.Hosting;

/// <summary>
/// The relay's record, built from options and live state. The announcer signs and renews it; a relay that does not announce does so here.
/// A client agrees to one record by its hash, so the hashes of the last few are kept.
/// </summary>
internal sealed class RelayRecordSource(
    RelayOptions options, NetworkDescription network, RelayKeys keys, TlsIdentity tls, TronAddress payee, TimeProvider time)
{
    // A record is renewed some three times in its life.
    private const int KeptHashes = 4;

    private readonly Lock _lock = new();
    private readonly RecoverableSignature _binding = RelayBinding.Sign(keys.Identity.Id, payee, keys.Authorizer);
    private readonly List<Bytes32> _hashes = [];
    private ImmutableArray<RelayEndpoint> _endpoints = [];
    private Func<SignedRelayRecord?>? _announced;
    private SignedRelayRecord? _own;

    public TronAddress Payee => payee;

    public PricePerMegabyte Price => options.Offer.PricePerMegabyte;

    /// <summary>Says where clients find us, once the listener is bound.</summary>
    public void SetListeningEndPoint(IPEndPoint bound)
    {
        IEnumerable<IPEndPoint> named = options.Tunnel.PublicEndPoints.Count == 0 ? [bound] : options.Tunnel.PublicEndPoints;
        _endpoints = [.. named.Select(e => new RelayEndpoint(e.Address, e.Port == 0 ? bound.Port : e.Port))];
        _own = SignedRelayRecord.Create(keys.Identity, Build(), time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>From now on the announcer's record is the one that counts.</summary>
    public void Follow(Func<SignedRelayRecord?> announced) => _announced = announced;

    /// <exception cref="InvalidOperationException">The listener is not bound yet.</exception>
    public SignedRelayRecord Current
    {
        get
        {
            var current = _announced?.Invoke() ?? _own ?? throw new InvalidOperationException("The relay has no record before it listens.");
            lock (_lock)
            {
                var hash = current.RecordHash;
                if (!_hashes.Contains(hash))
                {
                    _hashes.Insert(0, hash);
                    _hashes.RemoveRange(Math.Min(_hashes.Count, KeptHashes), Math.Max(0, _hashes.Count - KeptHashes));
                }
            }

            return current;
        }
    }

    /// <summary>A client may have read the record just before it was renewed.</summary>
    public bool IsMine(Bytes32 recordHash)
    {
        _ = Current;
        lock (_lock)
        {
            return _hashes.Contains(recordHash);
        }
    }

    /// <summary>The relay as it is now.</summary>
    public RelayRecord Build() => new()
    {
        IssuedAt = (ulong)time.GetUtcNow().ToUnixTimeSeconds(),
        TimeToLive = (uint)options.Dht.RecordLifetime.TotalSeconds,
        Endpoints = _endpoints,
        ServerName = options.Tunnel.ServerName,
        TlsKeyHash = new Bytes32(tls.PublicKeyPin),
        PathKey = keys.PathKey,
        Payee = payee,
        Binding = _binding,
        ChainId = network.ChainId,
        Contract = network.Contract,
        Token = network.Token,
        Price = Price,
        MinimumDeposit = options.Offer.MinimumDeposit,
        OpenFee = options.Offer.OpenFee,
        WindowFloor = new ByteCount(options.Credit.WindowFloorBytes),
        WindowCeiling = new ByteCount(options.Credit.WindowCeilingBytes),
        Features = RelayFeatures.Http2 | RelayFeatures.OpensChannels,
        Region = options.Tunnel.Region,
        PayeeAuthorizer = keys.Authorizer.Address,
    };
}
