namespace BttProxy.Benchmarks.Interop;

/// <summary>What tests/interop/tvm writes: a message and the world it meets. Bytes are hexadecimal with 0x in front.</summary>
internal sealed record TvmProgram
{
    public required IReadOnlyList<AccountBefore> Accounts { get; init; }

    public required string From { get; init; }

    public string? To { get; init; }

    public required string Data { get; init; }

    public long Value { get; init; }

    public long Limit { get; init; }

    public bool KeepsOne64th { get; init; }

    public required string TransactionId { get; init; }

    public required BlockBefore Block { get; init; }

    internal sealed record AccountBefore(string Address, long Balance, string Code, IReadOnlyList<string[]> Storage);

    internal sealed record BlockBefore(long Number, long Timestamp, long ChainId, string Coinbase, long EnergyPrice);
}
