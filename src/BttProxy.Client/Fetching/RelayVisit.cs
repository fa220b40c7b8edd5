using BttProxy.Client.Payments;
using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Fetching;

/// <summary>One stay at one relay: channel, session, content, payment, close.</summary>
internal sealed class RelayVisit : IAsyncDisposable
{
    /// <summary>What a censor that freezes connections lets through (measured by others): 12 to 25 kB on the wire.</summary>
    private const long FrozenFrom = 12_000;

    private const long FrozenTo = 26_000;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(4);

    private readonly DownloadRun _run;
    private readonly RelayTunnel _tunnel;
    private readonly StallWatch _watch;
    private readonly CancellationTokenSource _stopping = new();
    private LeasedChannel? _channel;
    private ChannelPayer? _payer;
    private Task _closing = Task.CompletedTask;

    public RelayVisit(DownloadRun run, RankedRelay relay)
    {
        _run = run;
        Relay = relay;
        _tunnel = new RelayTunnel(relay.Offer, run.Market.Guard, new TunnelOptions(), run.Market.TimeProvider);
        _watch = new StallWatch(run.Options.FirstByteTimeout, run.Options.StallTimeout, run.Market.TimeProvider);
    }

    public RankedRelay Relay { get; }

    /// <summary>Signed in this stay, the fee for the channel included.</summary>
    public TokenAmount Spent => (Volatile.Read(ref _channel)?.Fee ?? TokenAmount.Zero) + (Volatile.Read(ref _payer)?.Spent ?? TokenAmount.Zero);

    public long Received => Volatile.Read(ref _payer)?.Tally.Received ?? 0;

    public int Vouchers => Volatile.Read(ref _payer)?.Vouchers ?? 0;

    /// <summary>The relay's window in bytes; null before the session is open.</summary>
    public long? Window => Volatile.Read(ref _payer)?.Window;

    /// <summary>Null while it lasts.</summary>
    public VisitOutcome? Outcome { get; private set; }

    /// <summary>Ends the stay at once; nothing more is received or paid.</summary>
    public void Stop()
    {
        if (Outcome is null)
        {
            _stopping.Cancel();
        }
    }

    /// <summary>Fetches until nothing is missing or the relay fails.</summary>
    /// <exception cref="ClientException">Another relay would not help: bad metadata, the chain or the disk.</exception>
    public async Task<VisitOutcome> RunAsync(CancellationToken cancellationToken)
    {
        using var visit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var watching = _watch.RunAsync(visit);
        try
        {
            Outcome = await FetchAsync(visit);
        }
        catch (Exception failure) when (Explain(failure, cancellationToken) is { } outcome)
        {
            Outcome = outcome;
        }
        finally
        {
            _run.WaitIsOver();
            await visit.CancelAsync();
            await watching;
        }

        _closing = CloseAsync(Outcome);
        if (Outcome.MayGoOn || Outcome.Reason is LeaveReason.BudgetSpent or LeaveReason.Interrupted)
        {
            await _closing;
        }

        return Outcome;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _tunnel.Dispose();
        _payer?.Dispose();
        _channel?.Dispose();
        _stopping.Dispose();
    }

    private async Task<VisitOutcome> FetchAsync(CancellationTokenSource visit)
    {
        var (offer, token) = (Relay.Offer, visit.Token);
        _channel = await _run.Book.AcquireAsync(offer, _run.Want(offer), token);
        (var opened, _channel) = await _run.Opener.OpenAsync(_tunnel, _channel, _run.DebtOf(_channel), token);
        // Its fee is paid: coming back costs none.
        _run.Pool.Prefer([offer.Id]);
        _run.WaitIsOver();
        var terms = new PaymentTerms(_run.Market.Chain.Domain, _run.InfoHash, _run.BudgetLeft, _run.Logger);
        var payer = new ChannelPayer(_tunnel, _run.Market.Ledger, _channel, opened, terms, _run.Market.TimeProvider);
        Volatile.Write(ref _payer, payer);

        var paying = payer.RunAsync(token);
        try
        {
            return await FetchAsync(payer, opened, paying, token);
        }
        finally
        {
            // Whatever ended the stay, the payer's task ends with it and is looked at.
            await visit.CancelAsync();
            await paying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<VisitOutcome> FetchAsync(ChannelPayer payer, SessionOpened opened, Task paying, CancellationToken cancellationToken)
    {
        if (_run.Content is not { } content)
        {
            var info = await FirstAsync(_tunnel.GetMetadataAsync(_run.InfoHash, opened.Token, cancellationToken), paying);
            _run.Report(DownloadEventKind.MetadataReceived, Relay.Offer.Id, $"{info.Name}: {info.Length} bytes in {info.PieceCount} pieces.");
            content = await _run.OpenContentAsync(info, cancellationToken);
            if (payer.PayableBytes < content.Geometry.Length - content.VerifiedBytes && payer.Limit == _channel!.Channel.Reserved)
            {
                return new VisitOutcome(LeaveReason.ChannelSpent, "the size is known now and the channel's reserve is raised to it");
            }
        }

        payer.SetPieceLength(content.Geometry.PieceLength);
        content.ChangeRelay();
        _run.Phase = DownloadPhase.Fetching;
        while (!content.IsComplete)
        {
            var pump = new ContentPump(_tunnel, opened.Token, _run.InfoHash, payer, content, _watch);
            var hasAsked = await FirstAsync(pump.RunAsync(cancellationToken), paying, content.Storing);
            await FirstAsync(content.SettleAsync(cancellationToken), paying);
            if (!hasAsked && !content.IsComplete)
            {
                return Exhausted(payer, content.Geometry.PieceLength);
            }
        }

        return new VisitOutcome(LeaveReason.Finished, "everything is verified");
    }

    private VisitOutcome Exhausted(ChannelPayer payer, int pieceLength)
    {
        var piece = payer.Account.Price.Owed(new ByteCount(pieceLength));
        if (_run.BudgetLeft is { } left && left - TokenAmount.Min(left, payer.Owed) <= piece)
        {
            return new VisitOutcome(LeaveReason.BudgetSpent, "the budget does not pay for another piece");
        }

        return payer.Tally.Received == 0
            ? new VisitOutcome(LeaveReason.NoFunds, $"the wallet cannot pay for one piece ({piece.ToBtt()})")
            : new VisitOutcome(LeaveReason.ChannelSpent, "the channel's reserve is used up");
    }

    /// <summary>The work's result, unless one of its companions fails first; then the work is stopped and that failure thrown.</summary>
    private async Task<T> FirstAsync<T>(Task<T> work, params Task[] companions)
    {
        await FirstAsync((Task)work, companions);
        return await work;
    }

    private async Task FirstAsync(Task work, params Task[] companions)
    {
        var first = await Task.WhenAny([work, .. companions]);
        if (first != work)
        {
            await _stopping.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first;
        }

        await work;
    }

    /// <summary>Null for what no other relay could do better.</summary>
    private VisitOutcome? Explain(Exception failure, CancellationToken userToken)
    {
        if (_run.IsCheater(Relay.Offer.Id))
        {
            return new VisitOutcome(LeaveReason.WrongBytes, "it sent a piece with a wrong hash");
        }

        return failure switch
        {
            _ when userToken.IsCancellationRequested => new VisitOutcome(LeaveReason.Interrupted, "interrupted"),
            OperationCanceledException when _watch.HasStalled => ExplainStall(),
            TunnelException { Fault: TunnelFault.TimedOut } => new VisitOutcome(LeaveReason.Stalled, failure.Message),
            TunnelException { Fault: TunnelFault.Unreachable } => new VisitOutcome(LeaveReason.Unreachable, failure.Message),
            TunnelException { Fault: TunnelFault.WrongKey } => new VisitOutcome(LeaveReason.WrongKey, failure.Message),
            TunnelException { Fault: TunnelFault.Refused, Refusal: { } refusal } when Relay.Offer.Renewed(refusal.Record.Span) is { } renewed =>
                new VisitOutcome(LeaveReason.Refused, "our record of it is old, its newer one is taken", renewed),
            TunnelException { Fault: TunnelFault.Refused, Refusal.Session: SessionRejection.QuotaReached } =>
                new VisitOutcome(LeaveReason.QuotaReached, failure.Message),
            TunnelException { Fault: TunnelFault.Refused } => new VisitOutcome(LeaveReason.Refused, failure.Message),
            TunnelException { Fault: TunnelFault.BadAnswer } => new VisitOutcome(LeaveReason.BadAnswer, failure.Message),
            TunnelException => new VisitOutcome(LeaveReason.ConnectionLost, failure.Message),
            PaymentException => new VisitOutcome(LeaveReason.PaymentDispute, failure.Message),
            ClientException { ExitCode: ExitCode.Funds } => new VisitOutcome(LeaveReason.NoFunds, failure.Message),
            // At the very start the user is told at once; later the chain may come back.
            ClientException { ExitCode: ExitCode.Network } when _run.Visits.Any(static visit => visit.Received > 0) =>
                new VisitOutcome(LeaveReason.ChainUnreachable, failure.Message),
            _ => null,
        };
    }

    private VisitOutcome ExplainStall()
    {
        var isFrozen = _tunnel.WireBytes is >= FrozenFrom and <= FrozenTo;
        Relay.FrozenConnections = isFrozen ? Relay.FrozenConnections + 1 : 0;
        return Relay.FrozenConnections >= 2
            ? new VisitOutcome(LeaveReason.PathFrozen, "connections to it freeze after a few kilobytes: somebody on the way does that; another network helps")
            : new VisitOutcome(LeaveReason.Stalled, $"it sent nothing for {_run.Options.StallTimeout.TotalSeconds:0} s");
    }

    /// <summary>Pays what was verified and says goodbye; failing that, the next session's first voucher pays it.</summary>
    private async Task CloseAsync(VisitOutcome outcome)
    {
        if (_payer is not { } payer || _channel is not { } channel)
        {
            _channel?.Lease.Dispose();
            return;
        }

        try
        {
            if (!outcome.ForfeitsPayment)
            {
                using var deadline = new CancellationTokenSource(CloseTimeout, _run.Market.TimeProvider);
                await payer.CloseAsync(deadline.Token);
            }
        }
        catch (Exception failure) when (failure is TunnelException or PaymentException or OperationCanceledException)
        {
            // The relay is gone or argues: it keeps the vouchers it has.
        }
        finally
        {
            _run.KeepDebt(channel.Id, payer.Owed);
            channel.Lease.Dispose();
        }
    }
}
