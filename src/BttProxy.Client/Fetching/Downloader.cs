using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.Ledger;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Client.Fetching;

/// <summary>
/// Fetches one torrent through relays, verifies and pays. Relays are tried from the best on; when one fails, the next takes over at
/// the byte where it stopped.
/// </summary>
public sealed class Downloader : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly DownloadRun _run;
    private readonly RelayScout _scout;
    private readonly RateMeter _rate;
    private readonly TimeProvider _timeProvider;
    private RelayVisit? _current;

    public Downloader(MarketAccess market, DownloadTarget target, DownloadOptions options, IProgress<DownloadEvent>? events = null)
    {
        _timeProvider = market.TimeProvider;
        _run = new DownloadRun(market, target, options, events);
        _scout = new RelayScout(_run, new RelayProbe(market.Guard, market.TimeProvider));
        _rate = new RateMeter(market.TimeProvider);
    }

    /// <summary>A snapshot; cheap enough for ten times a second.</summary>
    public DownloadProgress Progress
    {
        get
        {
            var content = _run.Content;
            var current = Volatile.Read(ref _current);
            var verified = content?.VerifiedBytes ?? 0;
            return new DownloadProgress
            {
                InfoHash = _run.InfoHash,
                Phase = _run.Phase,
                Name = content?.Info.Name ?? _run.Target.Name,
                TotalBytes = content?.Geometry.Length ?? 0,
                VerifiedBytes = verified,
                BytesAtStart = content?.BytesAtStart ?? 0,
                VerifiedPieces = content?.VerifiedPieces ?? 0,
                TotalPieces = content?.Geometry.Count ?? 0,
                Rate = _rate.Sample(verified),
                Paid = _run.Spent,
                Vouchers = _run.Visits.Sum(static visit => visit.Vouchers),
                Window = current?.Window,
                Relay = current?.Relay.Offer.Id,
                Price = current?.Relay.Offer.Price,
                KnownRelays = _run.Pool.Count,
                Waiting = _run.Waiting,
            };
        }
    }

    /// <summary>Runs to the end. Call it once.</summary>
    /// <exception cref="ClientException">It cannot be finished; what was verified is kept on disk.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; as above, and what was received is paid.</exception>
    public async Task<DownloadResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var start = _timeProvider.GetTimestamp();
            if (await _run.RememberedInfoAsync(cancellationToken) is { } info)
            {
                await _run.OpenContentAsync(info, cancellationToken);
            }

            if (_run.Content is not { IsComplete: true })
            {
                await FetchAsync(cancellationToken);
            }

            _run.Phase = DownloadPhase.Finishing;
            var content = _run.Content!;
            await content.FlushAsync();
            var digests = _run.Options.ComputeDigests ? await ContentDigester.ComputeAsync(content.Store, cancellationToken) : null;
            await CloseVisitsAsync();
            _run.Phase = DownloadPhase.Done;
            return Result(content, digests, _timeProvider.GetElapsedTime(start));
        }
        catch (TorrentStorageException failure)
        {
            throw new ClientException(ExitCode.Disk, failure.Message, failure);
        }
        catch (LedgerException failure)
        {
            throw new ClientException(ExitCode.Disk, failure.Message, failure);
        }
        catch (InvalidTorrentException failure)
        {
            throw new ClientException(ExitCode.BadInput, failure.Message, failure);
        }
        catch (ChainException failure)
        {
            throw new ClientException(ExitCode.Network, failure.Message, failure);
        }
    }

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        await _run.PreferKnownRelaysAsync(cancellationToken);
        using var scouting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scout = _scout.RunAsync(scouting.Token);
        try
        {
            await VisitRelaysAsync(scout, cancellationToken);
        }
        finally
        {
            await scouting.CancelAsync();
            await scout.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task VisitRelaysAsync(Task scout, CancellationToken cancellationToken)
    {
        var patience = new Patience(_run, _scout, _timeProvider);
        while (_run.Content is not { IsComplete: true })
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_run.BudgetLeft == TokenAmount.Zero)
            {
                throw patience.BudgetSpent();
            }

            if (_run.Pool.Best(_run.BytesLeft) is { } relay && patience.HasChosenLongEnough())
            {
                await VisitAsync(relay, patience, cancellationToken);
                continue;
            }

            if (scout.IsFaulted)
            {
                await scout;
            }

            patience.ThrowIfHopeless();
            patience.TellOnce();
            _run.Phase = DownloadPhase.FindingRelays;
            await Task.Delay(Poll, _timeProvider, cancellationToken);
        }
    }

    private async Task VisitAsync(RankedRelay relay, Patience patience, CancellationToken cancellationToken)
    {
        _run.Phase = DownloadPhase.Opening;
        _run.Report(DownloadEventKind.RelayChosen, relay.Offer.Id, $"chosen at {relay.Offer.Price.ToBtt()}.");
        var visit = new RelayVisit(_run, relay);
        _run.Add(visit);
        Volatile.Write(ref _current, visit);
        var outcome = await visit.RunAsync(cancellationToken);
        Volatile.Write(ref _current, null);
        _run.Report(DownloadEventKind.RelayLeft, relay.Offer.Id, $"left ({outcome.Reason}): {outcome.Detail}.");
        if (visit.Received > 0)
        {
            patience.Renew();
        }

        switch (outcome.Reason)
        {
            case LeaveReason.Finished or LeaveReason.ChannelSpent:
                _run.Pool.Succeeded(relay);
                break;
            case LeaveReason.Interrupted:
                throw new OperationCanceledException(cancellationToken);
            case LeaveReason.BudgetSpent:
                throw patience.BudgetSpent();
            case LeaveReason.WrongBytes:
                await _run.Market.Relays.BanAsync(relay.Offer.Id, cancellationToken);
                break;
            case LeaveReason.Refused when outcome.Renewed is { } renewed && _run.Pool.TryRenew(relay, renewed):
                break;
            default:
                _run.Pool.Failed(relay, outcome.Reason, outcome.Detail);
                break;
        }
    }

    /// <summary>Waits for the last vouchers of relays that were left in a hurry, so that the sums are final.</summary>
    private async Task CloseVisitsAsync()
    {
        foreach (var visit in _run.Visits)
        {
            await visit.DisposeAsync();
        }
    }

    private DownloadResult Result(DownloadContent content, ContentDigests? digests, TimeSpan duration) => new()
    {
        InfoHash = _run.InfoHash,
        Name = content.Info.Name,
        Bytes = content.Info.Files.Where(static file => !file.IsPadding).Sum(static file => file.Length),
        FetchedBytes = _run.Visits.Sum(static visit => visit.Received),
        Duration = duration,
        Paid = _run.Spent,
        Relays = [.. _run.Visits.Where(static visit => visit.Received > 0 || !visit.Outcome!.MayGoOn).Select(static visit => new RelayUse(
            visit.Relay.Offer.Id, visit.Relay.Offer.Price, visit.Received, visit.Spent, visit.Outcome!.Reason, visit.Outcome.Detail))],
        Digests = digests,
    };
}
