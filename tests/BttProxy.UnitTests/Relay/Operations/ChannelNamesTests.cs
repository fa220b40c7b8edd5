using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Operations;
using Xunit;

namespace BttProxy.UnitTests.Relay.Operations;

public sealed class ChannelNamesTests
{
    private static readonly ChannelSummary[] Channels = [Channel("abcdef00"), Channel("abcdef11"), Channel("12345678")];

    [Theory]
    [InlineData("0x123456", 2)]
    [InlineData("123456", 2)]
    [InlineData("0xABCDEF0", 0)]
    [InlineData("0xabcdef1", 1)]
    public void Beginning_FindsTheOnlyOne(string name, int index) => Assert.Same(Channels[index], ChannelNames.Find(Channels, name));

    [Fact]
    public void WholeId_FindsIt() => Assert.Same(Channels[1], ChannelNames.Find(Channels, Channels[1].Id.ToString()));

    [Theory]
    [InlineData("0xabcdef", "Several channels")]
    [InlineData("0x999999", "has no channel")]
    [InlineData("0x12345", "at least 6 digits")]
    [InlineData("", "at least 6 digits")]
    [InlineData("0xzzzzzz", "at least 6 digits")]
    [InlineData("0x00000000000000000000000000000000000000000000000000000000000000000", "at least 6 digits")]
    public void Otherwise_SaysWhatToDo(string name, string expected)
    {
        var problem = Assert.Throws<OperationException>(() => ChannelNames.Find(Channels, name));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(RelayExitCode.BadConfiguration, problem.ExitCode);
    }

    private static ChannelSummary Channel(string beginning) => new()
    {
        Id = ChannelId.Parse("0x" + beginning.PadRight(64, '0')),
        Payer = TronAddress.Zero,
        OnChain = new OnChainState(0, TokenAmount.Zero, TokenAmount.Zero),
        Accepted = TokenAmount.Zero,
        SettledBefore = TokenAmount.Zero,
        Lost = TokenAmount.Zero,
        Debt = TokenAmount.Zero,
    };
}
