using BttProxy.Protocol.Money;

namespace BttProxy.Client.Fetching;

/// <summary>Decides how long a download waits for a better or for any relay, and what it says when it gives up.</summary>
internal sealed class Patience(DownloadRun run, RelayScout scout, TimeProvider timeProvider)
{
    /// <summary>Searches that brought no relay before the user is told, each with its own retries inside.</summary>
    private const int EmptySearches = 2;

    private long _since = timeProvider.GetTimestamp();
    private long _firstRelayAt;
    private bool _isTold;

    /// <summary>Something was received: the waiting starts again.</summary>
    public void Renew()
    {
        _since = timeProvider.GetTimestamp();
        _isTold = false;
    }

    /// <summary>Tells, once per wait, that no relay can be used now and why.</summary>
    public void TellOnce()
    {
        if (!_isTold && run.Pool.Reasons() is { Count: > 0 } reasons)
        {
            _isTold = true;
            run.Report(DownloadEventKind.Waiting, null, $"No relay can be used now; trying again. {string.Join("; ", reasons)}");
        }
    }

    /// <summary>At the start, gives other relays a moment to answer before the first one is taken.</summary>
    public bool HasChosenLongEnough()
    {
        if (_firstRelayAt == 0)
        {
            _firstRelayAt = timeProvider.GetTimestamp();
        }

        return run.Options.OnlyRelay is not null
            || scout.CompletedSearches > 0
            || timeProvider.GetElapsedTime(_firstRelayAt) >= run.Options.ChoiceTime;
    }

    /// <exception cref="ClientException">Waiting longer is useless.</exception>
    public void ThrowIfHopeless()
    {
        if (scout.CompletedSearches > 0 && run.Pool.IsAllTooDear)
        {
            throw new ClientException(ExitCode.TooDear, $"Every relay asks more than you allow: raise --max-price or --max-fee. {Reasons()}");
        }

        if (scout.CompletedSearches > 0 && run.Pool.IsAllLeft(LeaveReason.NoFunds))
        {
            throw new ClientException(ExitCode.Funds, $"The wallet {run.Market.Wallet.Address} cannot pay any relay: send BTT to it. {Reasons()}");
        }

        if (scout.CompletedSearches > 0 && run.Pool.IsAllLeft(LeaveReason.QuotaReached))
        {
            throw new ClientException(
                ExitCode.NoRelay, $"Every relay has sold the traffic that its operator allows. {Reasons()} Run the command again then to go on from here.");
        }

        if (run.Pool.Count == 0 && scout.CompletedSearches >= EmptySearches)
        {
            throw new ClientException(ExitCode.NoRelay, $"No relay was found. {run.Market.Relays.Explanation} {Reasons()}".TrimEnd());
        }

        if (timeProvider.GetElapsedTime(_since) > run.Options.Patience)
        {
            throw new ClientException(ExitCode.NoRelay, $"No relay works. {Reasons()} Run the command again to go on from here.");
        }
    }

    public ClientException BudgetSpent()
    {
        var content = run.Content;
        var state = content is null ? "nothing is fetched yet" : $"{content.VerifiedPieces} of {content.Geometry.Count} pieces are here";
        return new ClientException(
            ExitCode.TooDear,
            $"The budget of {run.Options.Budget ?? TokenAmount.Zero} units is spent ({run.Spent}); {state}. Run the command again with a new --budget to go on.");
    }

    private string Reasons() => string.Join("; ", run.Pool.Reasons());
}
