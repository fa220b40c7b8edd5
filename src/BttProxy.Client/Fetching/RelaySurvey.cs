using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Client.Fetching;

/// <summary>Finds and measures all relays, for the table.</summary>
internal sealed class RelaySurvey(IRelayDirectory directory, RelayProbe probe)
{
    private const int ConcurrentProbes = 8;

    // Relays are compared by what that costs.
    private static readonly ByteCount Gigabyte = new(1_000_000_000);

    private readonly Lock _gate = new();
    private readonly Dictionary<RelayId, SurveyedRelay> _rows = [];

    /// <summary>Relays that answer by score, then those that do not.</summary>
    public IReadOnlyList<SurveyedRelay> Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Values.OrderBy(static row => row.Answer?.Score(row.Offer.Record.OpenFee, Gigabyte) ?? double.MaxValue).ThenBy(static row => row.Offer.Id)];
            }
        }
    }

    /// <summary>One round; <paramref name="changed"/> is called after each relay, one call at a time.</summary>
    public Task RunAsync(Action changed, CancellationToken cancellationToken)
    {
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = ConcurrentProbes, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(directory.FindAsync(cancellationToken), bounds, async (offer, token) =>
        {
            var row = await MeasureAsync(offer, token);
            lock (_gate)
            {
                _rows[offer.Id] = row;
                changed();
            }
        });
    }

    private async Task<SurveyedRelay> MeasureAsync(RelayOffer offer, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await probe.MeasureAsync(offer, cancellationToken);
            return new SurveyedRelay(answer.Offer, answer, null);
        }
        catch (TunnelException failure)
        {
            return new SurveyedRelay(offer, null, failure.Message);
        }
    }
}

/// <summary>A row of the table.</summary>
/// <param name="Offer">Its newest record.</param>
/// <param name="Answer">The measurement; null when it did not answer.</param>
/// <param name="Fault">Why it did not.</param>
internal sealed record SurveyedRelay(RelayOffer Offer, RankedRelay? Answer, string? Fault);
