using BttProxy.Tron;

namespace BttProxy.Client.Wallets;

/// <summary>What the contract refuses, as one line for the user.</summary>
internal static class ChainRefusal
{
    /// <exception cref="ClientException">The transaction changed nothing.</exception>
    public static void ThrowUnlessAccepted(ChainReceipt receipt)
    {
        if (!receipt.IsAccepted)
        {
            throw Explain(receipt.Rejection);
        }
    }

    public static ClientException Explain(ContractRejection rejection) => rejection switch
    {
        ContractRejection.InsufficientBalance => new(ExitCode.Funds, "The wallet holds less than that. 'bttproxy wallet balance' shows what it has."),
        ContractRejection.InsufficientDeposit => new(
            ExitCode.Funds, "Less than that is free: channels hold the rest. 'bttproxy wallet channels' lists them, 'withdraw --channel ID' ends one."),
        _ => new(ExitCode.NotAccepted, $"The contract refused ({rejection}); nothing has changed. Look at 'bttproxy wallet channels' and try again."),
    };
}
