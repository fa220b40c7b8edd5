using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Contracts;

/// <summary>What is sent to <c>BttChannels</c>, as the input of a transaction or of a constant call.</summary>
public static class BttChannelsCalls
{
    /// <summary>Most rows of one claim: <c>BttChannels.MAX_ROWS</c>.</summary>
    public const int MaxRows = 100;

    private const string Terms = "(address,address,address,address,address,uint40,bytes32)";
    private const string Signature = "(bytes32,bytes32,uint256)";
    private const string Rows = $"({Terms},uint256,uint256,{Signature})[]";

    public static byte[] Deposit(TronAddress token, TokenAmount amount) =>
        new AbiWriter("deposit(address,uint256)").Add(token).Add(amount.Units).ToArray();

    public static byte[] Withdraw(TronAddress token, TokenAmount amount) =>
        new AbiWriter("withdraw(address,uint256)").Add(token).Add(amount.Units).ToArray();

    /// <param name="terms">The channel.</param>
    /// <param name="open">Names the channel's total.</param>
    /// <param name="payerSignature">Not looked at when the payer itself calls.</param>
    public static byte[] Open(ChannelTerms terms, OpenChannel open, RecoverableSignature payerSignature) =>
        new AbiWriter($"open({Terms},uint128,uint64,uint40,{Signature})")
            .AddTerms(terms).Add(open.Amount.Units).Add(open.Epoch).Add(open.Deadline).AddSignature(payerSignature).ToArray();

    public static byte[] Claim(IReadOnlyList<ClaimRow> rows) => new AbiWriter($"claim({Rows})").AddRows(rows).ToArray();

    /// <summary>What a claim would make of each row alone; a constant call.</summary>
    public static byte[] Judge(IReadOnlyList<ClaimRow> rows) => new AbiWriter($"judge({Rows})").AddRows(rows).ToArray();

    public static byte[] CloseCooperatively(
        ChannelTerms terms, CooperativeClose close, RecoverableSignature signer, RecoverableSignature payeeAuthorizer) =>
        new AbiWriter($"closeCooperatively({Terms},uint64,uint128,uint40,{Signature},{Signature})")
            .AddTerms(terms).Add(close.Epoch).Add(close.Final.Units).Add(close.Deadline)
            .AddSignature(signer).AddSignature(payeeAuthorizer).ToArray();

    public static byte[] RequestWithdraw(ChannelTerms terms) => new AbiWriter($"requestWithdraw({Terms})").AddTerms(terms).ToArray();

    public static byte[] FinishWithdraw(ChannelTerms terms, ulong epoch) =>
        new AbiWriter($"finishWithdraw({Terms},uint64)").AddTerms(terms).Add(epoch).ToArray();

    public static byte[] DepositOf(TronAddress payer, TronAddress token) =>
        new AbiWriter("depositOf(address,address)").Add(payer).Add(token).ToArray();

    public static byte[] Channel(ChannelId id) => new AbiWriter("channel(bytes32)").Add(id.Value).ToArray();

    public static byte[] ChannelIdOf(ChannelTerms terms) => new AbiWriter($"channelIdOf({Terms})").AddTerms(terms).ToArray();

    public static byte[] DomainSeparator() => new AbiWriter("domainSeparator()").ToArray();

    private static AbiWriter AddRows(this AbiWriter writer, IReadOnlyList<ClaimRow> rows)
    {
        writer.Add(AbiWriter.WordLength).Add((uint)rows.Count);
        foreach (var row in rows)
        {
            var voucher = row.Voucher.Voucher;
            writer.AddTerms(row.Terms).Add(voucher.Epoch).Add(voucher.Cumulative.Units).AddSignature(row.Voucher.Signature);
        }

        return writer;
    }

    private static AbiWriter AddTerms(this AbiWriter writer, ChannelTerms terms) =>
        writer.Add(terms.Payer).Add(terms.Signer).Add(terms.Payee).Add(terms.PayeeAuthorizer).Add(terms.Token)
            .Add(terms.WithdrawDelay).Add(terms.Salt);

    private static AbiWriter AddSignature(this AbiWriter writer, RecoverableSignature signature) =>
        writer.Add(new Bytes32(signature.Span[..32])).Add(new Bytes32(signature.Span[32..64])).Add(signature.Span[64]);
}
