using System.Collections.Concurrent;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Sessions;

/// <summary>The live sessions: at most one per channel, and at most a configured number.</summary>
internal sealed class SessionRegistry(int capacity)
{
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<BearerToken, RelaySession> _byToken = new();
    private readonly ConcurrentDictionary<SessionId, RelaySession> _byId = new();
    private readonly ConcurrentDictionary<ChannelId, RelaySession> _byChannel = new();

    public IEnumerable<RelaySession> All => _byId.Values;

    public int Count => _byId.Count;

    public bool IsFull => _byId.Count >= capacity;

    // Found by the hash of 32 random bytes and then compared in constant time: timing reveals nothing that helps to guess a token.
    public RelaySession? Find(BearerToken token) => _byToken.GetValueOrDefault(token);

    public RelaySession? Find(SessionId id) => _byId.GetValueOrDefault(id);

    public RelaySession? Find(ChannelId channel) => _byChannel.GetValueOrDefault(channel);

    /// <summary>
    /// Waits until no response runs and clients have paid what reached them, at most <paramref name="patience"/>. A response has ended here
    /// while its last bytes are still on their way: with the process a pod's network ends, and bytes that are lost with it are a debt that no
    /// client believes.
    /// </summary>
    public async Task DrainAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < patience && All.Any(static s => s.IsServing || s.MayStillPay))
        {
            await Task.Delay(DrainPoll, time, cancellationToken);
        }
    }

    /// <summary>False when the relay has all the sessions it may have, or the channel has one.</summary>
    public bool TryAdd(RelaySession session)
    {
        lock (_lock)
        {
            if (IsFull || !_byChannel.TryAdd(session.Channel.Id, session))
            {
                return false;
            }

            _byId[session.Id] = session;
            _byToken[session.Token] = session;
            return true;
        }
    }

    /// <summary>False when somebody else has removed it.</summary>
    public bool TryRemove(RelaySession session)
    {
        lock (_lock)
        {
            if (!_byId.TryRemove(session.Id, out _))
            {
                return false;
            }

            _byToken.TryRemove(session.Token, out _);
            _byChannel.TryRemove(new KeyValuePair<ChannelId, RelaySession>(session.Channel.Id, session));
            return true;
        }
    }
}
