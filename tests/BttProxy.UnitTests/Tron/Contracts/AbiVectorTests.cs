using System.Text.Json;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.UnitTests.Protocol;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Tron.Contracts;

/// <summary>Against what another implementation encodes.</summary>
public sealed class AbiVectorTests
{
    private static readonly TokenAmount Supply = TokenAmount.Parse("990000000000000000000000000000000");
    private static readonly TronAddress Contract = Address(0x99);
    private static readonly ChannelId Id = new(Word(0xCC));
    private static readonly BttChannelsEvents Events = new(Contract);

    [Fact]
    public void Calls_AreEncodedAsByEthers()
    {
        var (terms, supply) = (Terms(0xA1), Supply);
        var open = new OpenChannel(Id, supply, ulong.MaxValue, 1790000000);
        var close = new CooperativeClose(Id, 3, supply, 1790000000);
        var expected = VectorFile.Abi.GetProperty("calls").EnumerateArray().ToDictionary(call => call.Text("name"), call => call.Text("data"));
        var actual = new Dictionary<string, byte[]>
        {
            ["deposit"] = BttChannelsCalls.Deposit(Address(0x55), supply),
            ["withdraw"] = BttChannelsCalls.Withdraw(Address(0x55), new TokenAmount(1)),
            ["open"] = BttChannelsCalls.Open(terms, open, Signature(0x66)),
            ["claim"] = BttChannelsCalls.Claim([Row(0xA1), Row(0xA4)]),
            ["judge"] = BttChannelsCalls.Judge([]),
            ["closeCooperatively"] = BttChannelsCalls.CloseCooperatively(terms, close, Signature(0x66), Signature(0x71)),
            ["requestWithdraw"] = BttChannelsCalls.RequestWithdraw(terms),
            ["finishWithdraw"] = BttChannelsCalls.FinishWithdraw(terms, 3),
            ["depositOf"] = BttChannelsCalls.DepositOf(Address(0x11), Address(0x55)),
            ["channel"] = BttChannelsCalls.Channel(Id),
            ["channelIdOf"] = BttChannelsCalls.ChannelIdOf(terms),
            ["domainSeparator"] = BttChannelsCalls.DomainSeparator(),
        };
        Assert.Equal(expected, actual.ToDictionary(call => call.Key, call => "0x" + Convert.ToHexStringLower(call.Value)));
    }

    [Fact]
    public void Results_AreReadAsEthersEncodesThem()
    {
        var results = VectorFile.Abi.GetProperty("results").EnumerateArray().ToDictionary(result => result.Text("name"), result => Data(result, "data"));
        Assert.True(BttChannelsResults.TryReadAmount(results["depositOf"], out var amount));
        Assert.Equal(Supply, amount);
        Assert.True(BttChannelsResults.TryReadChannel(results["channel"], out var channel));
        Assert.Equal(new ChainChannel(null, Supply, new TokenAmount(5), 4, 1790000000), channel);
        Assert.True(BttChannelsResults.TryReadWord(results["domainSeparator"], out var word));
        Assert.Equal(Word(0xDD), word);
        Assert.True(BttChannelsResults.TryReadOutcomes(results["judge"], 7, out var outcomes));
        Assert.Equal(Enum.GetValues<ClaimOutcome>(), outcomes);
        Assert.False(BttChannelsResults.TryReadOutcomes(results["judge"], 6, out _));
        Assert.True(BttChannelsResults.TryReadRejection(Data(VectorFile.Abi, "rejection"), out var rejection));
        Assert.Equal(ContractRejection.WithdrawTooEarly, rejection);
    }

    [Fact]
    public void Events_AreReadAsEthersEncodesThem()
    {
        var row = new ClaimRowResult(Id, ClaimOutcome.Claimed, new TokenAmount(5), Supply);
        BttChannelsEvent[] expected =
        [
            new DepositedEvent(Address(0x11), Address(0x55), Supply), new WithdrawnEvent(Address(0x11), Address(0x55), new TokenAmount(9)),
            new ChannelOpenedEvent(Id, Terms(0xA1), 7, Supply), new RowEvent(row, 7),
            new RowEvent(new ClaimRowResult(Id, ClaimOutcome.WrongSigner, TokenAmount.Zero, Supply), 7),
            new PayoutDeferredEvent(Address(0x33), Address(0x55), Supply), new WithdrawRequestedEvent(Id, 7, 1790000000),
            new ChannelClosedEvent(Id, 7, new TokenAmount(6), new TokenAmount(5), new TokenAmount(4)),
        ];
        Assert.Equal(expected, Logs().Select(log => Events.TryRead(log, out var read) ? read : null));
    }

    [Fact]
    public void EventOfAnotherContractOrDamaged_IsNone()
    {
        foreach (var log in Logs())
        {
            Assert.False(Events.TryRead(log with { Contract = Address(0x98) }, out _));
            Assert.False(Events.TryRead(log with { Topics = [] }, out _));
            Assert.False(Events.TryRead(log with { Topics = log.Topics[..^1] }, out _));
            Assert.False(Events.TryRead(log with { Topics = [.. log.Topics, Word(1), Word(1), Word(1)] }, out _));
            Assert.False(Events.TryRead(log with { Data = log.Data[..^1] }, out _));
            Assert.False(Events.TryRead(log with { Data = log.Data.ToArray().Append((byte)0).ToArray() }, out _));
            Assert.False(Events.TryRead(log with { Data = Enumerable.Repeat((byte)0xFF, log.Data.Length).ToArray() }, out _));
        }
    }

    [Fact]
    public void AnyBytes_AreReadOrRefusedWithoutAnException()
    {
        var logs = Logs().ToArray();
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[0, logs.Length - 1], Gen.Int[0, 511]).Sample(
            (bytes, index, at) =>
            {
                BttChannelsResults.TryReadChannel(bytes, out _);
                BttChannelsResults.TryReadOutcomes(bytes, at % 5, out _);
                BttChannelsResults.TryReadRejection(bytes, out _);
                Events.TryRead(logs[index] with { Data = bytes }, out _);
                var data = logs[index].Data.ToArray();
                data[at % data.Length] ^= (byte)(1 << (at % 8));
                Events.TryRead(logs[index] with { Data = data }, out _);
            },
            iter: 2_000, threads: 1);
    }

    [Fact]
    public void Code_IsEmbeddedAndTheVaultTakesItsToken()
    {
        Assert.True(ContractBytecode.BttChannels.Length > 1_000);
        Assert.Contains("closeCooperatively", ContractBytecode.BttChannelsAbi, StringComparison.Ordinal);
        Assert.Equal(new byte[] { 0x0F, 0x4A, 0x10 }, ContractBytecode.Trc10Vault(1002000)[^3..]);
    }

    private static IEnumerable<ContractLog> Logs() => VectorFile.Abi.GetProperty("events").EnumerateArray().Select(log => new ContractLog(
        Contract, [.. log.GetProperty("topics").EnumerateArray().Select(topic => Bytes32.Parse(topic.GetString()))], Data(log, "data")));

    private static byte[] Data(JsonElement element, string name) => Convert.FromHexString(element.Text(name).AsSpan(2));

    private static TronAddress Address(byte value) => new(Enumerable.Repeat(value, TronAddress.Length).ToArray());

    private static Bytes32 Word(byte value) => new(Enumerable.Repeat(value, Bytes32.Length).ToArray());

    private static ChannelTerms Terms(byte salt) => new(
        Address(0x11), Address(0x22), Address(0x33), Address(0x44), Address(0x55), (1UL << 40) - 1, Word(salt));

    private static RecoverableSignature Signature(byte value) => new(
        [.. Enumerable.Repeat(value, 32), .. Enumerable.Repeat((byte)(value + 1), 32), (byte)(27 + (value & 1))]);

    private static ClaimRow Row(byte salt) => new(
        Terms(salt), new SignedVoucher(new Voucher(Id, 7, Supply), Signature(salt)));
}
