using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Threading.Channels;
using BttProxy.BitTorrent.Dht;
using BttProxy.Discovery.Dht;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;
using BttProxy.Protocol.Tunnel;
using Microsoft.Extensions.Logging;

namespace BttProxy.Discovery.Announcing;

/// <summary>
/// Makes a relay findable: stores its record in the DHT and reads it back, announces the relay's DHT socket at the rendezvous,
/// and answers "are you a relay?" with the record.
/// </summary>
public sealed partial class RelayAnnouncer : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(30);

    // Right after the start the routing table knows few of the nodes that clients will ask; show up again as it fills.
    private static readonly TimeSpan[] WarmUp = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1)];

    private readonly IRelayDht _dht;
    private readonly RelayId _id;
    private readonly RecordSigner _signer;
    private readonly string _network;
    private readonly RelayAnnouncerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RelayAnnouncer> _logger;
    private readonly DiscoveryMetrics? _metrics;
    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private RelayAnnouncement _announcement = RelayAnnouncement.None;
    private Task _running = Task.CompletedTask;
    private bool _disposed;

    /// <param name="dht">A node that can be reached from outside; the caller starts and keeps it.</param>
    /// <param name="identity">Signs the record; the caller keeps it.</param>
    /// <param name="record">The relay as it is now. Called often; the time of issue is filled in here.</param>
    /// <param name="market">Where the relay shows up.</param>
    /// <param name="options">Intervals.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="meters">Metrics; null for none.</param>
    public RelayAnnouncer(
        DhtNode dht, RelayIdentity identity, Func<RelayRecord> record, RelayMarket market, RelayAnnouncerOptions options,
        TimeProvider time, ILoggerFactory loggers, IMeterFactory? meters = null)
        : this(new MainlineRelayDht(dht), identity, record, market, options, time, loggers, meters)
    {
    }

    internal RelayAnnouncer(
        IRelayDht dht, RelayIdentity identity, Func<RelayRecord> record, RelayMarket market, RelayAnnouncerOptions options,
        TimeProvider time, ILoggerFactory loggers, IMeterFactory? meters = null)
    {
        _dht = dht;
        _id = identity.Id;
        _signer = new RecordSigner(identity, record, options.RenewInterval, time);
        _network = market.Network;
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger<RelayAnnouncer>();
        _metrics = meters is null ? null : new DiscoveryMetrics(meters);
    }

    /// <summary>The newest signed record, as clients may get it from the relay itself; null before <see cref="Start"/>.</summary>
    public SignedRelayRecord? Current => _signer.Current;

    /// <summary>How well the relay can be found at the moment.</summary>
    public RelayAnnouncement Announcement => Volatile.Read(ref _announcement);

    /// <summary>Signs the first record, begins to answer with it, and shows the relay in the DHT as soon as that is up.</summary>
    /// <exception cref="ArgumentException">The record cannot be published: fields out of range, too long, or a wrong binding.</exception>
    public void Start()
    {
        _signer.Renew();
        _dht.ServeSelf(() => _signer.Current);
        _running = RunAsync(_stopping.Token);
    }

    /// <summary>Tells that the relay has changed, so that clients learn it now and not at the next check.</summary>
    public void Refresh() => _wakeUps.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var rounds = 0;
        var announceAt = DateTimeOffset.MinValue;
        var published = (SignedRelayRecord?)null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await WaitForDhtAsync(cancellationToken).ConfigureAwait(false);
                _signer.Renew();
                var isDue = _time.GetUtcNow() >= announceAt;
                if (isDue)
                {
                    await AnnounceAsync(cancellationToken).ConfigureAwait(false);
                    announceAt = _time.GetUtcNow() + NextInterval(rounds++);
                }

                if (_signer.Current != published || (isDue && Announcement.StoredCopies < _options.WantedCopies))
                {
                    published = await PublishAsync(cancellationToken).ConfigureAwait(false);
                }

                await SleepAsync(announceAt, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(exception, _id, RetryDelay);
                await Task.Delay(RetryDelay, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WaitForDhtAsync(CancellationToken cancellationToken)
    {
        while (_dht.NodeCount == 0)
        {
            await Task.Delay(PollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var nodes = 0;
        foreach (var epoch in RendezvousSchedule.AnnounceEpochs(_time.GetUtcNow()))
        {
            var rendezvous = RendezvousSchedule.At(_network, Rendezvous.Shard(_id), epoch);
            nodes = Math.Max(nodes, await _dht.AnnounceAsync(rendezvous, cancellationToken).ConfigureAwait(false));
        }

        LogAnnounced(_id, nodes);
        _metrics?.Announced(nodes);
        Volatile.Write(ref _announcement, Announcement with { AnnouncedTo = nodes, AnnouncedAt = _time.GetUtcNow() });
    }

    /// <summary>Writes, then reads back and counts: nodes may accept what they do not keep.</summary>
    private async Task<SignedRelayRecord> PublishAsync(CancellationToken cancellationToken)
    {
        var record = _signer.Current!;
        await _dht.PutRecordAsync(record, cancellationToken).ConfigureAwait(false);
        var stored = await _dht.GetRecordAsync(_id, cancellationToken).ConfigureAwait(false);
        var copies = stored.Newest == record ? stored.Copies : 0;
        if (stored.Newest?.Seq > record.Seq)
        {
            LogOvertaken(_id);
            _signer.Overtake(stored.Newest.Seq);
            Refresh();
        }
        else if (copies == 0)
        {
            LogNotStored(_id);
        }
        else if (copies != Announcement.StoredCopies || Announcement.PublishedAt is null)
        {
            LogPublished(_id, record.Seq, copies);
        }

        _metrics?.Published(copies);
        Volatile.Write(ref _announcement, Announcement with { StoredCopies = copies, PublishedAt = _time.GetUtcNow() });
        return record;
    }

    private TimeSpan NextInterval(int round)
    {
        if (round < WarmUp.Length)
        {
            return WarmUp[round];
        }

        const int Steps = 1000;
        var share = RandomNumberGenerator.GetInt32(Steps) / (double)Steps;
        return _options.AnnounceInterval * (1 - (_options.AnnounceJitter * share));
    }

    private async Task SleepAsync(DateTimeOffset announceAt, CancellationToken cancellationToken)
    {
        var untilAnnounce = announceAt - _time.GetUtcNow();
        var delay = untilAnnounce < _options.CheckInterval ? untilAnnounce : _options.CheckInterval;
        using var limit = new CancellationTokenSource(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _wakeUps.Reader.ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Slept to the end.
        }
    }
}
