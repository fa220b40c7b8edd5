namespace BttProxy.Ledger;

/// <summary>The ledger's database could not do its work. The message is one line that says what to do next.</summary>
public sealed class LedgerException : Exception
{
    public LedgerException(string message, bool isTransient = false, Exception? innerException = null)
        : base(message, innerException) => IsTransient = isTransient;

    /// <summary>True when the same call may succeed later (disk full, database busy), false when somebody has to repair something.</summary>
    public bool IsTransient { get; }

    /// <summary>Another process, or another part of this one, has the ledger open.</summary>
    public bool IsInUse { get; init; }
}
