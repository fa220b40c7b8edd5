using BttProxy.Relay.Configuration;
using BttProxy.Relay.Configuration.Reading;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Observability;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Pricing;

namespace BttProxy.Relay.Reloading;

/// <summary>
/// Reads the configuration anew when it is asked to, or when one of its files has changed. Price, policy and quotas hold at once; other options
/// wait for a restart. Of a configuration with a mistake nothing is taken.
/// </summary>
internal sealed partial class ConfigurationReloader(
    ConfigurationSource source, RelayOptions started, CurrentOffer offer, CurrentPolicy policy, RelayMetrics metrics, TimeProvider time,
    ILogger<ConfigurationReloader> logger) : WatchedLoop(RelayLoop.Reloader, Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // An editor writes a file in several steps.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim _asked = new(0, 1);
    private readonly IReadOnlyDictionary<string, string> _started = LiveOptions.Of(started);
    private IReadOnlyDictionary<string, string> _last = LiveOptions.Of(started);
    private string? _policyFile = started.PolicyFile;

    /// <summary>Options that are other in the files than at the start, and need a restart.</summary>
    public IReadOnlyList<string> NeedRestart { get; private set; } = [];

    /// <summary>What is wrong with the files, if they could not be taken.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; private set; } = [];

    /// <summary>Asks for a look at the files soon; from a signal's handler.</summary>
    public void Ask()
    {
        try
        {
            _asked.Release();
        }
        catch (SemaphoreFullException)
        {
            // Asked already.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _asked.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Files may have changed while the relay started.
        var seen = Fingerprint();
        Reload(tellsUnchanged: false);
        while (true)
        {
            Turn();
            var asked = await IsAskedAsync(stoppingToken);
            var now = Fingerprint();
            while (now != seen)
            {
                await Task.Delay(Settling, Time, stoppingToken);
                (seen, now) = (now, Fingerprint());
                asked = true;
            }

            // What changes from here on is seen next time, and so is a file that is named only now.
            if (asked)
            {
                Reload(tellsUnchanged: true);
            }
        }
    }

    private async Task<bool> IsAskedAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Interval, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _asked.WaitAsync(both.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private string Fingerprint() =>
        WatchedFiles.Fingerprint(new[] { source.File, _policyFile, policy.Policy.DenylistFile }.OfType<string>());

    private void Reload(bool tellsUnchanged)
    {
        var result = Read();
        if (tellsUnchanged || result != ReloadResult.Unchanged)
        {
            metrics.Reloaded(result);
            LogResult(LabelValue.Of(result));
        }
    }

    private ReloadResult Read()
    {
        try
        {
            var fresh = source.Read();
            var problems = fresh.AllProblems(machine: true);
            return problems.Count == 0 ? Apply(fresh) : Refuse(problems);
        }
        catch (RelayConfigurationException e)
        {
            return Refuse([new ConfigurationProblem("", null, e.Message.TrimEnd('.'), "See 'bttproxy-relay config check'")]);
        }
    }

    private ReloadResult Apply(LoadedConfiguration fresh)
    {
        var rules = PolicyFile.Load(fresh.Options.PolicyFile);
        var settings = LiveOptions.Of(fresh.Options);
        var news = LiveOptions.Differences(_last, settings);
        var applied = policy.Replace(rules);
        if (news.Any(static key => LiveOptions.IsLive(key) && key.StartsWith("offer.", StringComparison.Ordinal)))
        {
            offer.Replace(fresh.Options.Offer);
            applied = true;
        }

        NeedRestart = [.. LiveOptions.Differences(_started, settings).Where(static key => !LiveOptions.IsLive(key))];
        var waiting = NeedRestart.Where(news.Contains).ToList();
        waiting.ForEach(LogNeedsRestart);
        (_last, _policyFile, Problems) = (settings, fresh.Options.PolicyFile, []);
        return applied ? ReloadResult.Applied : waiting.Count > 0 ? ReloadResult.NeedsRestart : ReloadResult.Unchanged;
    }

    private ReloadResult Refuse(IReadOnlyList<ConfigurationProblem> problems)
    {
        foreach (var problem in problems)
        {
            LogProblem(problem);
        }

        Problems = problems;
        return ReloadResult.Refused;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The configuration was read again: {Result}")]
    private partial void LogResult(string result);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The changed configuration is not taken, what held before goes on: {Problem}")]
    private partial void LogProblem(ConfigurationProblem problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Option} has changed in the configuration and needs a restart of the relay")]
    private partial void LogNeedsRestart(string option);
}
