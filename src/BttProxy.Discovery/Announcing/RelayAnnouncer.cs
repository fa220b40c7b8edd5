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
    private readonly IRecordSource _source;
    private readonly string _network;
    private readonly RelayAnnouncerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RelayAnnouncer> _logger;
    private readonly DiscoveryMetrics? _metrics;
    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private RelayAnnouncement _announcement = RelayAnnouncement.None;
    private SignedRelayRecord? _current;
    private Task _running = Task.CompletedTask;
    private bool _disposed;

    /// <param name="dht">A node that can be reached from outside; the caller starts and keeps it.</param>
    /// <param name="source">The relay's record; asked often.</param>
    /// <param name="market">Where the relay shows up.</param>
    /// <param name="options">Intervals.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="meters">Metrics; null for none.</param>
    public RelayAnnouncer(
        DhtNode dht, IRecordSource source, RelayMarket market, RelayAnnouncerOptions options,
        TimeProvider time, ILoggerFactory loggers, IMeterFactory? meters = null)
        : this(new MainlineRelayDht(dht), source, market, options, time, loggers, meters)
    {
    }

    internal RelayAnnouncer(
        IRelayDht dht, IRecordSource source, RelayMarket market, RelayAnnouncerOptions options, TimeProvider time, ILoggerFactory loggers,
        IMeterFactory? meters = null)
    {
        _dht = dht;
        _source = source;
        _network = market.Network;
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger<RelayAnnouncer>();
        _metrics = meters is null ? null : new DiscoveryMetrics(meters);
    }

    /// <summary>The newest record that it was given; null while the relay is not to be found.</summary>
    public SignedRelayRecord? Current => Volatile.Read(ref _current);

    /// <summary>How well the relay can be found at the moment.</summary>
    public RelayAnnouncement Announcement => Volatile.Read(ref _announcement);

    /// <summary>Takes the first record, begins to answer with it, and shows the relay in the DHT as soon as that is up.</summary>
    /// <exception cref="ArgumentException">The record cannot be published: fields out of range, too long, or a wrong binding.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        _dht.ServeSelf(() => Current);
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
                if (await LookAsync(cancellationToken).ConfigureAwait(false) is not { } record)
                {
                    // What nodes have by now they forget by themselves; the relay shows up anew when it is to be found again.
                    (rounds, announceAt, published) = (0, DateTimeOffset.MinValue, null);
                    await SleepAsync(_time.GetUtcNow() + _options.CheckInterval, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                var isDue = _time.GetUtcNow() >= announceAt;
                if (isDue)
                {
                    await AnnounceAsync(record.Id, cancellationToken).ConfigureAwait(false);
                    announceAt = _time.GetUtcNow() + NextInterval(rounds++);
                }

                if (record != published || (isDue && Announcement.StoredCopies < _options.WantedCopies))
                {
                    published = record;
                    await PublishAsync(record, cancellationToken).ConfigureAwait(false);
                }

                await SleepAsync(announceAt, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(exception, Current?.Id, RetryDelay);
                await Task.Delay(RetryDelay, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<SignedRelayRecord?> LookAsync(CancellationToken cancellationToken)
    {
        var record = await _source.CurrentAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _current, record);
        if (record is null)
        {
            Volatile.Write(ref _announcement, RelayAnnouncement.None);
        }

        return record;
    }

    private async Task WaitForDhtAsync(CancellationToken cancellationToken)
    {
        while (_dht.NodeCount == 0)
        {
            await Task.Delay(PollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AnnounceAsync(RelayId id, CancellationToken cancellationToken)
    {
        var nodes = 0;
        foreach (var epoch in RendezvousSchedule.AnnounceEpochs(_time.GetUtcNow()))
        {
            var rendezvous = RendezvousSchedule.At(_network, Rendezvous.Shard(id), epoch);
            nodes = Math.Max(nodes, await _dht.AnnounceAsync(rendezvous, cancellationToken).ConfigureAwait(false));
        }

        LogAnnounced(id, nodes);
        _metrics?.Announced(nodes);
        Volatile.Write(ref _announcement, Announcement with { AnnouncedTo = nodes, AnnouncedAt = _time.GetUtcNow() });
    }

    /// <summary>Writes, then reads back and counts: nodes may accept what they do not keep.</summary>
    private async Task PublishAsync(SignedRelayRecord record, CancellationToken cancellationToken)
    {
        await _dht.PutRecordAsync(record, cancellationToken).ConfigureAwait(false);
        var stored = await _dht.GetRecordAsync(record.Id, cancellationToken).ConfigureAwait(false);
        var copies = stored.Newest == record ? stored.Copies : 0;
        if (stored.Newest is { } newer && newer.Seq > record.Seq)
        {
            LogOvertaken(record.Id);
            await _source.OvertakeAsync(newer, cancellationToken).ConfigureAwait(false);
            Refresh();
        }
        else if (copies == 0)
        {
            LogNotStored(record.Id);
        }
        else if (copies != Announcement.StoredCopies || Announcement.PublishedAt is null)
        {
            LogPublished(record.Id, record.Seq, copies);
        }

        _metrics?.Published(copies);
        Volatile.Write(ref _announcement, Announcement with { StoredCopies = copies, PublishedAt = _time.GetUtcNow() });
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
