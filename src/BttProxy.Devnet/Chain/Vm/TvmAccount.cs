namespace BttProxy.Devnet.Chain.Vm;

/// <summary>An account as the machine sees it. Storage and tokens are kept beside it.</summary>
internal sealed record TvmAccount
{
    public static TvmAccount Absent { get; } = new();

    /// <summary>TRON's accounts exist from the first transfer to them on, however little they hold.</summary>
    public bool Exists { get; init; }

    /// <summary>In sun.</summary>
    public long Balance { get; init; }

    /// <summary>Null for an account that is no contract; a contract may have no code.</summary>
    public ContractCode? Code { get; init; }

    /// <summary>Counts the contracts that were destroyed at this address, whose storage is out of reach.</summary>
    public int Destroyed { get; init; }
}
