using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Observability;

/// <summary>What liveness and readiness say. A process that is not alive is to be started again; one that is not ready gets no new work.</summary>
/// <param name="loops">Those of the process.</param>
/// <param name="unready">Why there is no new work for it; null when there is.</param>
internal sealed class RelayHealth(Func<IReadOnlyList<WatchedLoop>> loops, Func<string?> unready)
{
    /// <summary>Names the loops that have ended or hang; null when none has.</summary>
    public string? Dead => loops().Select(static loop => loop.Trouble).OfType<string>().ToArray() is { Length: > 0 } troubles ? string.Join('\n', troubles) : null;

    public string? Unready => unready() ?? Dead;
}
