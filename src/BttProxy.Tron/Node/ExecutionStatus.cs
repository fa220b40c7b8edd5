namespace BttProxy.Tron.Node;

public enum ExecutionStatus
{
    Success,

    /// <summary>The contract refused; the energy used so far is paid.</summary>
    Reverted,

    /// <summary>The fee limit was too low; all of it is paid.</summary>
    OutOfEnergy,

    /// <summary>More than 80 ms of processor time; the whole fee limit is paid.</summary>
    OutOfTime,

    /// <summary>Anything else that the virtual machine does not accept.</summary>
    Failed,
}
