namespace BttProxy.Ledger;

/// <summary>How a relay's ledger is.</summary>
public sealed record LedgerCondition
{
    /// <summary>What is not as it should be, a few lines; empty for a sound file.</summary>
    public required IReadOnlyList<string> Damage { get; init; }

    public required long Bytes { get; init; }

    /// <summary>The last schema script that was applied.</summary>
    public required int Version { get; init; }

    /// <summary>The last one that this program knows.</summary>
    public required int ProgramVersion { get; init; }

    /// <summary>When anything was last written, by the clock of then; null for an empty ledger.</summary>
    public DateTimeOffset? NewestEntry { get; init; }

    /// <summary>A program has it open for work.</summary>
    public required bool IsInUse { get; init; }
}
