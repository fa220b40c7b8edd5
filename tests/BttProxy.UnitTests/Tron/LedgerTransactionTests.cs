using System.Text;
using System.Text.Json;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;
using Xunit;

namespace BttProxy.UnitTests.Tron;

public sealed class LedgerTransactionTests
{
    private static readonly ChannelDomain Domain = new(7, Address(1));

    private static readonly ChannelTerms Terms = new(Address(2), Address(3), Address(4), Address(5), Address(6), 86_400, default);

    private static readonly RecoverableSignature Signature = new([.. new byte[64], 27]);

    public static TheoryData<LedgerTransaction> Every =>
    [
        new FaucetTransaction(Address(2), TokenAmount.MaxValue, default),
        new DepositTransaction(Address(2), new TokenAmount(1), ulong.MaxValue, default, Signature),
        new WithdrawDepositTransaction(Address(2), new TokenAmount(1), 1, default, Signature),
        new OpenTransaction(Terms, new OpenChannel(Terms.Id(Domain), new TokenAmount(1), ulong.MaxValue, (1UL << 40) - 1), Signature),
        new CloseTransaction(Terms, new CooperativeClose(Terms.Id(Domain), 1, new TokenAmount(1), 2), Signature, Signature),
        new RequestWithdrawTransaction(Address(2), Terms.Id(Domain), 1, default, Signature),
        new FinishWithdrawTransaction(Terms.Id(Domain), 3),
    ];

    [Theory]
    [MemberData(nameof(Every), DisableDiscoveryEnumeration = true)]
    public void WrittenAndRead_IsTheSame(LedgerTransaction transaction)
    {
        var read = LedgerJson.ReadTransaction(transaction.ToJson());
        Assert.Equal(transaction, read);
        Assert.Equal(transaction.Id(), read.Id());
    }

    [Fact]
    public void ClaimWrittenAndRead_IsTheSame()
    {
        var row = new ClaimRow(Terms, new SignedVoucher(new Voucher(Terms.Id(Domain), 2, TokenAmount.MaxValue), Signature));
        var read = Assert.IsType<ClaimTransaction>(LedgerJson.ReadTransaction(new ClaimTransaction([row, row], default).ToJson()));
        Assert.Equal([row, row], read.Rows);
    }

    [Fact]
    public void JsonForm_IsFrozen() => Assert.Equal(
        Fill("""{"type":"deposit","amount":"12","payer":ZERO,"nonce":3,"salt":"SALT","signature":"SIGNATURE"}"""),
        Encoding.UTF8.GetString(new DepositTransaction(TronAddress.Zero, new TokenAmount(12), 3, default, Signature).ToJson()));

    [Fact]
    public void PayersDigest_IsDifferentForEverythingThatMatters()
    {
        using var key = Secp256k1Key.Generate();
        var (amount, salt) = (new TokenAmount(5), new Bytes32([.. new byte[31], 1]));
        PayerTransaction[] transactions =
        [
            DepositTransaction.Create(Domain, key, 1, default, amount),
            DepositTransaction.Create(Domain, key, 2, default, amount),
            DepositTransaction.Create(Domain, key, 1, salt, amount),
            DepositTransaction.Create(Domain, key, 1, default, new TokenAmount(6)),
            WithdrawDepositTransaction.Create(Domain, key, 1, default, amount),
            RequestWithdrawTransaction.Create(Domain, key, 1, default, Terms.Id(Domain)),
        ];
        ChannelDomain[] domains = [Domain, new(8, Domain.Contract), new(7, Address(9))];

        var digests = transactions.SelectMany(transaction => domains.Select(transaction.Digest)).ToList();
        Assert.Equal(digests.Count, digests.Distinct().Count());
    }

    [Theory]
    [InlineData("""{"type":"faucet","to":ZERO,"amount":"-1","salt":"SALT"}""")]
    [InlineData("""{"type":"faucet","to":ZERO,"amount":"340282366920938463463374607431768211456","salt":"SALT"}""")]
    [InlineData("""{"type":"faucet","to":"T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwc","amount":"1","salt":"SALT"}""")]
    [InlineData("""{"type":"faucet","to":ZERO,"amount":1,"salt":"SALT"}""")]
    [InlineData("""{"type":"faucet","to":ZERO,"amount":"1","salt":"SALT","more":1}""")]
    [InlineData("""{"type":"faucet","to":ZERO,"amount":"1"}""")]
    [InlineData("""{"amount":"1"}""")]
    [InlineData("""{"type":"open","terms":{"payer":ZERO,"signer":ZERO,"payee":ZERO,"payeeAuthorizer":ZERO,"token":ZERO,"withdrawDelay":1099511627776,"salt":"SALT"}}""")]
    [InlineData("""{"type":"claim","rows":[null],"salt":"SALT"}""")]
    public void Nonsense_IsAJsonError(string json) => Assert.ThrowsAny<JsonException>(
        () => LedgerJson.ReadTransaction(Encoding.UTF8.GetBytes(Fill(json))));

    [Fact]
    public void TheSameWithoutTheFault_IsRead() => Assert.NotNull(
        LedgerJson.ReadTransaction(Encoding.UTF8.GetBytes(Fill("""{"type":"faucet","to":ZERO,"amount":"1","salt":"SALT"}"""))));

    private static string Fill(string json) => json
        .Replace("SALT", "0x" + new string('0', 64), StringComparison.Ordinal)
        .Replace("SIGNATURE", "0x" + new string('0', 128) + "1b", StringComparison.Ordinal)
        .Replace("ZERO", "\"T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb\"", StringComparison.Ordinal);

    private static TronAddress Address(byte number) => new([.. new byte[19], number]);
}
