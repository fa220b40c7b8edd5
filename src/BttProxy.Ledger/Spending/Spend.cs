using BttProxy.Protocol.Money;

namespace BttProxy.Ledger.Spending;

/// <summary>A sum of what vouchers paid.</summary>
public readonly record struct Spend(TokenAmount Amount, ByteCount Bytes)
{
    public static Spend operator +(Spend left, Spend right) => new(left.Amount + right.Amount, left.Bytes + right.Bytes);
}
