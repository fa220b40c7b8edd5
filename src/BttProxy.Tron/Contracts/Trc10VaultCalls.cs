using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Contracts;

/// <summary>What is sent to <c>Trc10Vault</c> beside what every TRC-20 token understands.</summary>
public static class Trc10VaultCalls
{
    /// <summary>With TRC-10 tokens attached to the transaction.</summary>
    public static byte[] Deposit() => new AbiWriter("deposit()").ToArray();

    /// <summary>Pays the caller out in TRC-10 tokens.</summary>
    public static byte[] Withdraw(TokenAmount amount) => new AbiWriter("withdraw(uint256)").Add(amount.Units).ToArray();
}
