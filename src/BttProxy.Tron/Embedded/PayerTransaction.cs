using System.Buffers.Binary;
using System.Text;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Embedded;

/// <summary>
/// A transaction that moves a payer's tokens, signed by the payer's wallet over a digest that names this ledger, this kind
/// of transaction and the payer's next number, so that it counts once and nowhere else. The salt tells two equal orders
/// apart that were given at the same time: the same transaction twice is executed once.
/// </summary>
public abstract record PayerTransaction(TronAddress Payer, ulong Nonce, Bytes32 Salt, RecoverableSignature Signature) : LedgerTransaction
{
    private const string Label = "bttproxy-ledger/1|";

    /// <summary>What the payer signs.</summary>
    public abstract Bytes32 Digest(ChannelDomain domain);

    /// <param name="domain">The ledger's contract.</param>
    /// <param name="kind">Which transaction.</param>
    /// <param name="nonce">The payer's number.</param>
    /// <param name="salt">Random.</param>
    /// <param name="content">What is done, of a length fixed by the kind.</param>
    private protected static Bytes32 Digest(ChannelDomain domain, string kind, ulong nonce, Bytes32 salt, ReadOnlySpan<byte> content)
    {
        Span<byte> numbers = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(numbers, domain.ChainId);
        BinaryPrimitives.WriteUInt64BigEndian(numbers[8..], nonce);
        return Keccak256.Hash([.. Encoding.ASCII.GetBytes($"{Label}{kind}|"), .. numbers, .. salt.Span, .. domain.Contract.Span, .. content]);
    }

    private protected static Bytes32 Digest(ChannelDomain domain, string kind, ulong nonce, Bytes32 salt, TokenAmount amount)
    {
        Span<byte> content = stackalloc byte[TokenAmount.EncodedLength];
        BinaryPrimitives.WriteUInt128BigEndian(content, amount.Units);
        return Digest(domain, kind, nonce, salt, content);
    }
}

public sealed record DepositTransaction(TronAddress Payer, TokenAmount Amount, ulong Nonce, Bytes32 Salt, RecoverableSignature Signature)
    : PayerTransaction(Payer, Nonce, Salt, Signature)
{
    public static DepositTransaction Create(ChannelDomain domain, Secp256k1Key payer, ulong nonce, Bytes32 salt, TokenAmount amount) =>
        new(payer.Address, amount, nonce, salt, payer.Sign(Digest(domain, "deposit", nonce, salt, amount)));

    public override Bytes32 Digest(ChannelDomain domain) => Digest(domain, "deposit", Nonce, Salt, Amount);
}

public sealed record WithdrawDepositTransaction(TronAddress Payer, TokenAmount Amount, ulong Nonce, Bytes32 Salt, RecoverableSignature Signature)
    : PayerTransaction(Payer, Nonce, Salt, Signature)
{
    public static WithdrawDepositTransaction Create(ChannelDomain domain, Secp256k1Key payer, ulong nonce, Bytes32 salt, TokenAmount amount) =>
        new(payer.Address, amount, nonce, salt, payer.Sign(Digest(domain, "withdraw-deposit", nonce, salt, amount)));

    public override Bytes32 Digest(ChannelDomain domain) => Digest(domain, "withdraw-deposit", Nonce, Salt, Amount);
}

public sealed record RequestWithdrawTransaction(TronAddress Payer, ChannelId ChannelId, ulong Nonce, Bytes32 Salt, RecoverableSignature Signature)
    : PayerTransaction(Payer, Nonce, Salt, Signature)
{
    public static RequestWithdrawTransaction Create(ChannelDomain domain, Secp256k1Key payer, ulong nonce, Bytes32 salt, ChannelId channelId) =>
        new(payer.Address, channelId, nonce, salt, payer.Sign(Digest(domain, "request-withdraw", nonce, salt, channelId.Value.Span)));

    public override Bytes32 Digest(ChannelDomain domain) => Digest(domain, "request-withdraw", Nonce, Salt, ChannelId.Value.Span);
}
