using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Contracts;

/// <summary>What is sent to a TRC-20 token.</summary>
public static class Trc20Calls
{
    public static byte[] BalanceOf(TronAddress owner) => new AbiWriter("balanceOf(address)").Add(owner).ToArray();

    public static byte[] Allowance(TronAddress owner, TronAddress spender) =>
        new AbiWriter("allowance(address,address)").Add(owner).Add(spender).ToArray();

    /// <summary>Lets the spender, such as the settlement contract, take up to an amount.</summary>
    public static byte[] Approve(TronAddress spender, TokenAmount amount) =>
        new AbiWriter("approve(address,uint256)").Add(spender).Add(amount.Units).ToArray();

    public static byte[] Transfer(TronAddress to, TokenAmount amount) =>
        new AbiWriter("transfer(address,uint256)").Add(to).Add(amount.Units).ToArray();
}
