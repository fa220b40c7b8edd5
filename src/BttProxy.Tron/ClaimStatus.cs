using System.Collections.Immutable;

namespace BttProxy.Tron;

/// <summary>Where a claim stands.</summary>
public sealed record ClaimStatus(ClaimStage Stage)
{
    /// <summary>Where it is; null while it is in none.</summary>
    public ulong? Block { get; init; }

    /// <summary>Energy used, whoever paid for it.</summary>
    public long Energy { get; init; }

    /// <summary>Sun burnt.</summary>
    public long Fee { get; init; }

    /// <summary>When solidified: what the contract's events say, one for each row, in order.</summary>
    public ImmutableArray<ClaimRowResult> Rows { get; init; } = [];

    /// <summary>When reverted: why.</summary>
    public string? Reason { get; init; }
}
