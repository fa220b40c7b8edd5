using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using BttProxy.Tron;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

public sealed class RestoreRulesTests : IDisposable
{
    private static readonly RestoreRules Rules = new(Domain, Address("token"), Address("payee"), Address("authorizer"));

    private readonly Secp256k1Key _signer = Secp256k1Key.Generate();
    private readonly Secp256k1Key _stranger = Secp256k1Key.Generate();

    public void Dispose()
    {
        _signer.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public void OurOwn_IsBelieved() => Assert.Equal(RestoreVerdict.Restored, Rules.Judge(Signed()));

    [Fact]
    public void ForSomebodyElse_IsRefusedByPart()
    {
        Assert.Equal(RestoreVerdict.OtherPayee, Rules.Judge(Signed(payee: "another")));
        Assert.Equal(RestoreVerdict.OtherAuthorizer, Rules.Judge(Signed(authorizer: "another")));
        Assert.Equal(RestoreVerdict.OtherToken, Rules.Judge(Signed(token: "another")));
    }

    [Fact]
    public void SignedByAnother_IsRefused() => Assert.Equal(RestoreVerdict.WrongSignature, Rules.Judge(Signed(by: _stranger)));

    [Fact]
    public void SignedForAnotherContract_IsRefused() =>
        Assert.Equal(RestoreVerdict.WrongSignature, Rules.Judge(Signed(domain: new ChannelDomain(1, Address("contract")))));

    [Fact]
    public void AnotherAmountThanSigned_IsRefused()
    {
        var entry = Signed();
        var raised = entry.Voucher with { Voucher = entry.Voucher.Voucher with { Cumulative = new TokenAmount(51) } };

        Assert.Equal(RestoreVerdict.WrongSignature, Rules.Judge(entry with { Voucher = raised }));
    }

    [Theory]
    [InlineData(100, 0, 2, RestoreVerdict.Restored)]
    [InlineData(50, 49, 2, RestoreVerdict.Restored)]
    [InlineData(100, 50, 2, RestoreVerdict.AlreadyClaimed)]
    [InlineData(49, 0, 2, RestoreVerdict.AboveReserved)]
    [InlineData(100, 0, 3, RestoreVerdict.EpochOver)]
    [InlineData(100, 0, 1, RestoreVerdict.EpochAhead)]
    internal void Chain_HasTheLastWord(ulong reserved, ulong claimed, ulong epoch, RestoreVerdict expected) => Assert.Equal(
        expected, RestoreRules.Judge(Signed(), new ChainChannel(null, new TokenAmount(reserved), new TokenAmount(claimed), epoch, null)));

    [Fact]
    public void ChannelThatTheChainDoesNotKnow_IsRefused() => Assert.Equal(RestoreVerdict.NotOnChain, RestoreRules.Judge(Signed(), null));

    private BackupEntry Signed(
        string payee = "payee", string authorizer = "authorizer", string token = "token", Secp256k1Key? by = null, ChannelDomain? domain = null)
    {
        var terms = new ChannelTerms(
            Address("payer"), _signer.Address, Address(payee), Address(authorizer), Address(token), 86_400, default);
        return new BackupEntry(terms, new Voucher(terms.Id(Domain), 2, new TokenAmount(50)).Sign(domain ?? Domain, by ?? _signer));
    }
}
