namespace BttProxy.Devnet.Chain.Vm;

/// <summary>
/// Prices in energy (java-tron, EnergyCost, with the proposals adopted on mainnet). Where TRON's differ from Ethereum's: no
/// base price of a call or of reading storage that depends on what was touched before, no refunds, no price of call data.
/// </summary>
internal static class EnergyPrice
{
    public const int Zero = 0;
    public const int Base = 2;
    public const int VeryLow = 3;
    public const int Low = 5;
    public const int Mid = 8;
    public const int High = 10;
    public const int Special = 1;
    public const int BlockHash = 20;

    public const int Exp = 10;
    public const int ExpByte = 10;
    public const int Keccak = 30;
    public const int KeccakWord = 6;
    public const int CopyWord = 3;
    public const int MemoryWord = 3;
    public const int MemoryDivisor = 512;

    public const int StorageRead = 50;

    /// <summary>A value other than zero into a slot that is not in use.</summary>
    public const int StorageSet = 20_000;

    /// <summary>Any other write, also of what is there already.</summary>
    public const int StorageReset = 5_000;

    public const int Transient = 100;
    public const int Account = 20;
    public const int CodeHash = 400;

    public const int Log = 375;
    public const int LogTopic = 375;
    public const int LogByte = 8;

    public const int Call = 40;
    public const int ValueTransfer = 9_000;
    public const int NewAccount = 25_000;

    /// <summary>What the callee gets on top when value comes along.</summary>
    public const int Stipend = 2_300;

    public const int Create = 32_000;
    public const int CodeByte = 200;
}
