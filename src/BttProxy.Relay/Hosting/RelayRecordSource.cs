using System.Collections.Immutable;
using System.Net;
using BttProxy.Discovery.Announcing;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Pricing;

namespace BttProxy.Relay.Hosting;

/// <summary>
/// The relay's record, built from options and live state, signed and renewed here. A client agrees to one record by its hash, so the last few
/// are kept.
/// </summary>
internal sealed class RelayRecordSource : IRecordSource
{
    private readonly RelayOptions _options;
    private readonly CurrentOffer _offer;
    private readonly NetworkDescription _network;
    private readonly RelayKeys _keys;
    private readonly TlsIdentity _tls;
    private readonly TimeProvider _time;
    private readonly RecordSigner _signer;
    private readonly RecoverableSignature _binding;
    private readonly KeptRecords _kept;
    private ImmutableArray<RelayEndpoint> _endpoints = [];
    private volatile bool _isWithdrawn;
    private Func<bool> _isHidden = static () => false;

    public RelayRecordSource(
        RelayOptions options, CurrentOffer offer, NetworkDescription network, RelayKeys keys, TlsIdentity tls, TronAddress payee, TimeProvider time)
    {
        (_options, _offer, _network, _keys, _tls, _time) = (options, offer, network, keys, tls, time);
        Payee = payee;
        _kept = new KeptRecords(time);
        _binding = RelayBinding.Sign(keys.Identity.Id, payee, keys.Authorizer);
        _signer = new RecordSigner(keys.Identity, Build, time);
    }

    public TronAddress Payee { get; }

    public PricePerMegabyte Price => _offer.Price;

    /// <summary>Says where clients find us, once the listener is bound.</summary>
    public void SetListeningEndPoint(IPEndPoint bound)
    {
        IEnumerable<IPEndPoint> named = _options.Tunnel.PublicEndPoints.Count == 0 ? [bound] : _options.Tunnel.PublicEndPoints;
        _endpoints = [.. named.Select(e => new RelayEndpoint(e.Address, e.Port == 0 ? bound.Port : e.Port))];
    }

    /// <summary>The relay shows itself to nobody any more; whoever has the address is still answered.</summary>
    public void Withdraw() => _isWithdrawn = true;

    /// <summary>The same for as long as the condition holds.</summary>
    public void HideWhile(Func<bool> condition) => _isHidden = condition;

    /// <exception cref="InvalidOperationException">The listener is not bound yet.</exception>
    public SignedRelayRecord Current
    {
        get
        {
            var current = _endpoints.IsEmpty ? throw new InvalidOperationException("The relay has no record before it listens.") : _signer.Current;
            _kept.Note(current);
            return current;
        }
    }

    /// <summary>For those who make the relay findable; null while it is hidden, and once it is withdrawn.</summary>
    public ValueTask<SignedRelayRecord?> CurrentAsync(CancellationToken cancellationToken) => new(_isWithdrawn || _isHidden() ? null : Current);

    public ValueTask OvertakeAsync(SignedRelayRecord newer, CancellationToken cancellationToken) => _signer.OvertakeAsync(newer, cancellationToken);

    /// <summary>The record of ours with this hash, as long as its terms are good; null for any other.</summary>
    public RelayRecord? Find(Bytes32 recordHash)
    {
        _ = Current;
        return _kept.Find(recordHash);
    }

    /// <summary>The relay as it is now.</summary>
    public RelayRecord Build()
    {
        var terms = _offer.Terms;
        return new RelayRecord
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
            Price = terms.Prices.PriceAt(_time.GetUtcNow()),
            MinimumDeposit = terms.MinimumDeposit,
            OpenFee = terms.OpenFee,
            WindowFloor = new ByteCount(_options.Credit.WindowFloorBytes),
            WindowCeiling = new ByteCount(_options.Credit.WindowCeilingBytes),
            Features = RelayFeatures.Http2 | RelayFeatures.OpensChannels,
            Region = _options.Tunnel.Region,
            PayeeAuthorizer = _keys.Authorizer.Address,
        };
    }
}
