using System.Collections.Immutable;
using System.Net;
using BttProxy.Discovery.Announcing;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;

namespace BttProxy.Relay.Hosting;

/// <summary>
/// The relay's record, built from options and live state, signed and renewed here. A client agrees to one record by its hash, so the hashes
/// of the last few are kept.
/// </summary>
internal sealed class RelayRecordSource : IRecordSource
{
    // A record is renewed some three times in its life.
    private const int KeptHashes = 4;

    private readonly RelayOptions _options;
    private readonly NetworkDescription _network;
    private readonly RelayKeys _keys;
    private readonly TlsIdentity _tls;
    private readonly TimeProvider _time;
    private readonly RecordSigner _signer;
    private readonly RecoverableSignature _binding;
    private readonly Lock _lock = new();
    private readonly List<Bytes32> _hashes = [];
    private ImmutableArray<RelayEndpoint> _endpoints = [];
    private volatile bool _isWithdrawn;

    public RelayRecordSource(
        RelayOptions options, NetworkDescription network, RelayKeys keys, TlsIdentity tls, TronAddress payee, TimeProvider time)
    {
        (_options, _network, _keys, _tls, _time) = (options, network, keys, tls, time);
        Payee = payee;
        _binding = RelayBinding.Sign(keys.Identity.Id, payee, keys.Authorizer);
        _signer = new RecordSigner(keys.Identity, Build, time);
    }

    public TronAddress Payee { get; }

    public PricePerMegabyte Price => _options.Offer.PricePerMegabyte;

    /// <summary>Says where clients find us, once the listener is bound.</summary>
    public void SetListeningEndPoint(IPEndPoint bound)
    {
        IEnumerable<IPEndPoint> named = _options.Tunnel.PublicEndPoints.Count == 0 ? [bound] : _options.Tunnel.PublicEndPoints;
        _endpoints = [.. named.Select(e => new RelayEndpoint(e.Address, e.Port == 0 ? bound.Port : e.Port))];
    }

    /// <summary>The relay shows itself to nobody any more; whoever has the address is still answered.</summary>
    public void Withdraw() => _isWithdrawn = true;

    /// <exception cref="InvalidOperationException">The listener is not bound yet.</exception>
    public SignedRelayRecord Current
    {
        get
        {
            var current = _endpoints.IsEmpty ? throw new InvalidOperationException("The relay has no record before it listens.") : _signer.Current;
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

    /// <summary>For those who make the relay findable; null once it is withdrawn.</summary>
    public ValueTask<SignedRelayRecord?> CurrentAsync(CancellationToken cancellationToken) => new(_isWithdrawn ? null : Current);

    public ValueTask OvertakeAsync(SignedRelayRecord newer, CancellationToken cancellationToken) => _signer.OvertakeAsync(newer, cancellationToken);

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
        IssuedAt = (ulong)_time.GetUtcNow().ToUnixTimeSeconds(),
        TimeToLive = (uint)_options.Dht.RecordLifetime.TotalSeconds,
        Endpoints = _endpoints,
        ServerName = _options.Tunnel.ServerName,
        TlsKeyHash = new Bytes32(_tls.PublicKeyPin),
        PathKey = _keys.PathKey,
        Payee = Payee,
        Binding = _binding,
        ChainId = _network.ChainId,
        Contract = _network.Contract,
        Token = _network.Token,
        Price = Price,
        MinimumDeposit = _options.Offer.MinimumDeposit,
        OpenFee = _options.Offer.OpenFee,
        WindowFloor = new ByteCount(_options.Credit.WindowFloorBytes),
        WindowCeiling = new ByteCount(_options.Credit.WindowCeilingBytes),
        Features = RelayFeatures.Http2 | RelayFeatures.OpensChannels,
        Region = _options.Tunnel.Region,
        PayeeAuthorizer = _keys.Authorizer.Address,
    };
}
