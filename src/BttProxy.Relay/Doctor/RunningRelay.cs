using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Doctor;

/// <summary>What the relay that runs with a state directory says of itself.</summary>
internal static class RunningRelay
{
    /// <summary>Null when none runs, or it is another user's.</summary>
    /// <exception cref="OperationException">It runs and cannot be asked.</exception>
    public static async Task<StatusReport?> FindAsync(RelayOptions options, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.StateDirectory))
        {
            return null;
        }

        var state = StateDirectory.Open(options);
        if (LocalSocket.Find(state, ControlSocket.Name) is not { } path || await ControlClient.TryOpenAsync(path, cancellationToken) is not { } client)
        {
            return null;
        }

        using (client)
        {
            return await client.StatusAsync(new StatusQuery(), cancellationToken);
        }
    }
}
