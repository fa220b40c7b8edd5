using BttProxy.BitTorrent;
using BttProxy.Protocol.Relays;

namespace BttProxy.Discovery.Finding;

/// <summary>
/// Decides whether a relay's record is taken: cheap checks of form and signature first, then the market, time, replay and
/// endpoints. Nothing of a record is used before.
/// </summary>
internal sealed class RecordCheck(RelayMarket market, ConnectGuard guard, RelayFinderOptions options, TimeProvider time)
{
    public bool AllowsPrivateAddresses => guard.AllowsPrivateAddresses;

    /// <param name="signed">From anybody.</param>
    /// <param name="latestSeq">Highest sequence number seen of this relay; null for a new one.</param>
    /// <param name="record">Set when and only when accepted.</param>
    public RecordVerdict Judge(SignedRelayRecord signed, long? latestSeq, out RelayRecord? record)
    {
        record = null;
        if (!signed.TryVerify(out var verified, out var rejection))
        {
            return ToVerdict(rejection);
        }

        var verdict = signed.Seq < latestSeq ? RecordVerdict.Replayed : Judge(verified);
        record = verdict == RecordVerdict.Accepted ? verified : null;
        return verdict;
    }

    /// <summary>The checks that depend on us and on the time, for a record whose signatures were checked before.</summary>
    public RecordVerdict Judge(RelayRecord record)
    {
        if (record.ChainId != market.ChainId)
        {
            return RecordVerdict.WrongChain;
        }

        if (record.Contract != market.Contract)
        {
            return RecordVerdict.WrongContract;
        }

        if (record.Token != market.Token)
        {
            return RecordVerdict.WrongToken;
        }

        if (!record.Endpoints.Any(endpoint => guard.Allows(endpoint.ToIPEndPoint(), out _)))
        {
            return RecordVerdict.NoUsableEndpoint;
        }

        return JudgeAge(time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(record.IssuedAt, ProtocolTimeLimit)), record);
    }

    /// <summary>Last second that <see cref="DateTimeOffset"/> knows.</summary>
    private static ulong ProtocolTimeLimit { get; } = (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    private RecordVerdict JudgeAge(TimeSpan age, RelayRecord record)
    {
        if (age < -options.ClockTolerance)
        {
            return RecordVerdict.FromTheFuture;
        }

        var lifetime = TimeSpan.FromSeconds(record.TimeToLive);
        return age < (lifetime < options.MaxRecordAge ? lifetime : options.MaxRecordAge) ? RecordVerdict.Accepted : RecordVerdict.Expired;
    }

    private static RecordVerdict ToVerdict(RecordRejection rejection) => rejection switch
    {
        RecordRejection.TooLarge => RecordVerdict.Oversized,
        RecordRejection.BadSignature => RecordVerdict.BadSignature,
        RecordRejection.UnsupportedVersion => RecordVerdict.UnsupportedVersion,
        RecordRejection.BadBinding => RecordVerdict.BadBinding,
        _ => RecordVerdict.Malformed,
    };
}
