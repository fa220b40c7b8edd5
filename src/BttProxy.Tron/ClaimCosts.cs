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
    public long Fee(int rows) => rows == 0 ? 0 : checked(
        (Math.Max(0, EnergyPerClaim + (rows * EnergyPerRow) - FreeEnergy) * EnergyPrice)
        + (Math.Max(0, BytesPerClaim + (rows * BytesPerRow) - FreeBytes) * BytePrice));

    /// <summary>Sun for so many rows, in as few claims as take them.</summary>
    public long Total(int rows, int rowsPerClaim) =>
        checked((rows / rowsPerClaim * Fee(rowsPerClaim)) + Fee(rows % rowsPerClaim));

    /// <summary>Sun that one more row adds.</summary>
    public long RowFee(int rowsBefore) => Fee(rowsBefore + 1) - Fee(rowsBefore);
}
