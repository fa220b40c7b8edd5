namespace BttProxy.Relay.Policies;

/// <summary>The policy that holds now in a process of the relay.</summary>
internal sealed class CurrentPolicy(RelayPolicy policy)
{
    private RelayPolicy _policy = policy;

    public event Action? Changed;

    public RelayPolicy Policy => Volatile.Read(ref _policy);

    /// <returns>False when it is the same as before.</returns>
    public bool Replace(RelayPolicy policy)
    {
        if (policy.IsSame(Policy))
        {
            return false;
        }

        Volatile.Write(ref _policy, policy);
        Changed?.Invoke();
        return true;
    }
}
