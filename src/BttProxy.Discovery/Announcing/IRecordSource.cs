using BttProxy.Protocol.Relays;

namespace BttProxy.Discovery.Announcing;

/// <summary>Where an announcer has a relay's record from: whoever signs it, in this process or in another of the relay.</summary>
public interface IRecordSource
{
    /// <summary>The newest; null while the relay is not to be found.</summary>
    ValueTask<SignedRelayRecord?> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>The network holds a newer one of this relay, so the next has to be newer than that.</summary>
    ValueTask OvertakeAsync(SignedRelayRecord newer, CancellationToken cancellationToken);
}
