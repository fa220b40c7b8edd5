using BttProxy.BitTorrent;
using BttProxy.Protocol.Messages;
using BttProxy.Relay.Policies;
using BttProxy.Relay.Sessions;

namespace BttProxy.Relay.Metering;

/// <summary>
/// The content responses under way: counts what they deliver, holds them to the policy's rates, and ends those that the policy no longer allows.
/// Nothing here is on the path of a byte: a response without a rate knows nothing of it.
/// </summary>
internal sealed class ActiveResponses
{
    private readonly Lock _lock = new();
    private readonly Dictionary<MeteredResponse, RelaySession> _active = [];
    private readonly CurrentPolicy _policy;
    private readonly Hibernation _hibernation;
    private readonly TimeProvider _time;
    private RateBucket? _all;
    private long _delivered;

    public ActiveResponses(CurrentPolicy policy, Hibernation hibernation, TimeProvider time)
    {
        (_policy, _hibernation, _time) = (policy, hibernation, time);
        _policy.Changed += Apply;
        _hibernation.Changed += Apply;
        Apply();
    }

    /// <summary>Content bytes written to clients since the start.</summary>
    public long Delivered
    {
        get
        {
            lock (_lock)
            {
                return _delivered + _active.Keys.Sum(static response => response.Written);
            }
        }
    }

    /// <summary>Why nothing of a torrent is given now; null when the policy allows it.</summary>
    public Refusal? RefusalOf(InfoHash infoHash) =>
        _hibernation.Reason is { } reason ? QuotaRefusal.Of(reason, null)
        : _policy.Policy.Allows(infoHash) ? null
        : Refusal.Because(RefusalCode.ContentRefused, "This relay does not carry the torrent; use another one.");

    /// <summary>A response begins.</summary>
    public void Add(MeteredResponse response, RelaySession session)
    {
        lock (_lock)
        {
            _active.Add(response, session);
            response.Pace = PaceOf(session);
        }

        // The policy may have changed since the request was let in.
        if (!MayRun(response))
        {
            response.Stop();
        }
    }

    public void Remove(MeteredResponse response)
    {
        lock (_lock)
        {
            _active.Remove(response);
            _delivered += response.Written;
        }
    }

    private void Apply()
    {
        MeteredResponse[] ended;
        lock (_lock)
        {
            var rate = _policy.Policy.MaxClientRate;
            _all = rate is null ? null : _all?.Rate == rate ? _all : new RateBucket(rate.Value, _time);
            foreach (var (response, session) in _active)
            {
                response.Pace = PaceOf(session);
            }

            ended = [.. _active.Keys.Where(response => !MayRun(response))];
        }

        foreach (var response in ended)
        {
            response.Stop();
        }
    }

    private bool MayRun(MeteredResponse response) => !_hibernation.IsOn && _policy.Policy.Allows(response.InfoHash);

    private Pace? PaceOf(RelaySession session)
    {
        var own = session.Bucket(_policy.Policy.MaxSessionRate);
        return own is null && _all is null ? null : new Pace(own, _all, _time);
    }
}
