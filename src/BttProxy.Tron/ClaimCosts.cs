namespace BttProxy.Tron;

/// <summary>What claims cost their sender now, by the chain's prices and what the sender's stake gives.</summary>
/// <param name="EnergyPrice">Sun for a unit of energy.</param>
/// <param name="BytePrice">Sun for a byte.</param>
/// <param name="FreeEnergy">Units that cost nothing.</param>
/// <param name="FreeBytes">Bytes that cost nothing.</param>
public sealed record ClaimCosts(long EnergyPrice, long BytePrice, long FreeEnergy, long FreeBytes)
{
    // Measured: tests/figures energy-per-operation, rows that pay a holder, of one payee. The rest is the token's transfer.
    private const long EnergyPerClaim = 27_300;
    private const long EnergyPerRow = 12_600;

    // A row is twelve words; around them the call, the transaction's own fields, its signature, and what a node adds for the result.
    private const long BytesPerClaim = 420;
    private const long BytesPerRow = 384;

    /// <summary>Sun for one claim of so many rows.</summary>
    public long Fee(int rows) =>
        rows == 0 ? 0 : Fee(checked(EnergyPerClaim + (rows * EnergyPerRow)), checked(BytesPerClaim + (rows * BytesPerRow)));

    /// <summary>Sun for a transaction. Free bytes pay for a whole transaction or for none of it; free energy for a part too.</summary>
    public long Fee(long energy, long bytes) => checked(
        (Math.Max(0, energy - FreeEnergy) * EnergyPrice) + (bytes <= FreeBytes ? 0 : bytes * BytePrice));

    /// <summary>What is left for the next one.</summary>
    public ClaimCosts After(long energy, long bytes) => this with
    {
        FreeEnergy = Math.Max(0, FreeEnergy - energy),
        FreeBytes = bytes <= FreeBytes ? FreeBytes - bytes : FreeBytes,
    };

    /// <summary>Sun for so many rows, in as few claims as take them.</summary>
    public long Total(int rows, int rowsPerClaim) =>
        checked((rows / rowsPerClaim * Fee(rowsPerClaim)) + Fee(rows % rowsPerClaim));

    /// <summary>Sun that one more row adds.</summary>
    public long RowFee(int rowsBefore) => Fee(rowsBefore + 1) - Fee(rowsBefore);
}
