namespace BttProxy.Devnet.Chain.Vm;

/// <summary>How an execution ended; the numbers are those of TRON's <c>contractResult</c> (core/Tron.proto).</summary>
internal enum TvmStatus
{
    /// <summary>Still running: no result of an execution.</summary>
    None = 0,

    Success = 1,

    /// <summary>REVERT: costs what was used, and returns data.</summary>
    Revert = 2,

    BadJumpDestination = 3,

    /// <summary>More than 3 MiB of memory.</summary>
    OutOfMemory = 4,

    StackTooSmall = 6,

    StackTooLarge = 7,

    /// <summary>A byte that is no operation; INVALID (0xFE) is one of them.</summary>
    IllegalOperation = 8,

    OutOfEnergy = 10,

    /// <summary>What has no code of its own: a write in a static call, return data read past its end, a token id that cannot be.</summary>
    Unknown = 13,

    /// <summary>TRX or a token could not move. The only failure besides a revert that costs no more than was used.</summary>
    TransferFailed = 14,

    /// <summary>A constructor returned code that starts with 0xEF (EIP-3541).</summary>
    InvalidCode = 15,
}
