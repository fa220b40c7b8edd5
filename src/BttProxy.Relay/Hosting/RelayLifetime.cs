namespace BttProxy.Relay.Hosting;

/// <summary>Whether the relay still takes new work.</summary>
internal sealed class RelayLifetime
{
    private volatile bool _stopping;

    public bool IsStopping => _stopping;

    public void BeginStop() => _stopping = true;
}
