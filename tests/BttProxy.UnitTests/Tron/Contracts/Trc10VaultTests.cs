using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron.Contracts;
using BttProxy.UnitTests.Tron.Contracts.World;
using Xunit;
using static BttProxy.UnitTests.Tron.Contracts.World.ChannelsWorld;

namespace BttProxy.UnitTests.Tron.Contracts;

/// <summary>The vault of TRC-10 tokens, whose operations only TRON's machines have: on our own.</summary>
public sealed class Trc10VaultTests
{
    private const long TokenId = 1002000;
    private const long OtherId = 1000226;

    private readonly TvmEvm _evm = new();
    private readonly TronAddress _vault;

    public Trc10VaultTests()
    {
        _vault = _evm.Deploy(ContractBytecode.Trc10Vault(TokenId)).CreatedAddress!.Value;
        _evm.State.SetTokenBalance(Payer.Address, TokenId, 1000);
        _evm.State.SetTokenBalance(Payer.Address, OtherId, 1000);
        _evm.State.EndTransaction();
    }

    [Fact]
    public async Task ChannelInATrc10Token_IsPaidAndPaidOut()
    {
        var contract = await _evm.DeployAsync(ContractBytecode.BttChannels);
        var world = At(contract);
        Send(Payer.Address, _vault, Trc10VaultCalls.Deposit(), TokenId, 500);
        Send(Payer.Address, _vault, Trc20Calls.Approve(contract, TokenAmount.MaxValue));
        Assert.True((await world.DepositAsync(500)).Success);
        Assert.True((await world.OpenAsync(100)).Success);
        Assert.Single(await world.ClaimAsync(world.Row(60)));
        Assert.True((await world.CloseAsync(70)).Success);
        Assert.True((await world.WithdrawAsync(430)).Success);

        Send(Payee, _vault, Trc10VaultCalls.Withdraw(Amount(70)));
        Send(Payer.Address, _vault, Trc10VaultCalls.Withdraw(Amount(430)));
        Assert.Equal(70, _evm.State.TokenBalance(Payee, TokenId));
        Assert.Equal(930, _evm.State.TokenBalance(Payer.Address, TokenId));
        Assert.Equal(0, _evm.State.TokenBalance(_vault, TokenId));
    }

    [Fact]
    public void DepositOfNothingOrOfAnotherToken_IsRefused()
    {
        Assert.Equal(TvmStatus.Revert, Try(Payer.Address, Trc10VaultCalls.Deposit()));
        Assert.Equal(TvmStatus.Revert, Try(Payer.Address, Trc10VaultCalls.Deposit(), OtherId, 10));
        Assert.Equal(1000, _evm.State.TokenBalance(Payer.Address, OtherId));
    }

    [Fact]
    public void TokensAttachedToAnyOtherCall_AreRefusedAndNotLost()
    {
        Send(Payer.Address, _vault, Trc10VaultCalls.Deposit(), TokenId, 500);
        byte[][] calls =
        [
            Trc10VaultCalls.Withdraw(Amount(1)), Trc20Calls.Transfer(Payee, Amount(1)), Trc20Calls.Approve(Payee, Amount(1)),
            Trc20Calls.BalanceOf(Payee), [], [1, 2, 3, 4],
        ];
        Assert.All(calls, call => Assert.Equal(TvmStatus.Revert, Try(Payer.Address, call, TokenId, 10)));
        Assert.Equal(500, _evm.State.TokenBalance(Payer.Address, TokenId));
    }

    [Fact]
    public async Task Transfers_MoveWhatIsHeldAndNoMore()
    {
        Send(Payer.Address, _vault, Trc10VaultCalls.Deposit(), TokenId, 500);
        Assert.Equal(TvmStatus.Revert, Try(Payer.Address, Trc20Calls.Transfer(Payee, Amount(501))));
        Assert.Equal(TvmStatus.Revert, Try(Payer.Address, Trc20Calls.Transfer(Payee, TokenAmount.MaxValue)));
        Assert.Equal(TvmStatus.Revert, Try(Payer.Address, Trc20Calls.Transfer(TronAddress.Zero, Amount(1))));
        Assert.Equal(TvmStatus.Revert, Try(Payee, Trc10VaultCalls.Withdraw(Amount(1))));
        Assert.Equal(TvmStatus.Revert, Try(Payer.Address, Trc10VaultCalls.Withdraw(Amount(501))));
        Send(Payer.Address, _vault, Trc20Calls.Transfer(Payee, Amount(200)));
        Send(Payer.Address, _vault, Trc20Calls.Transfer(Payer.Address, Amount(300)));
        Assert.Equal(200UL, await ReadAsync(Trc20Calls.BalanceOf(Payee)));
        Assert.Equal(300UL, await ReadAsync(Trc20Calls.BalanceOf(Payer.Address)));
        Assert.Equal(500UL, await ReadAsync(new AbiWriter("totalSupply()").ToArray()));
        Assert.Equal(6UL, await ReadAsync(new AbiWriter("decimals()").ToArray()));
        Assert.Equal((ulong)TokenId, await ReadAsync(new AbiWriter("tokenId()").ToArray()));
    }

    [Fact]
    public async Task Allowance_IsUsedUpUnlessItIsUnlimited()
    {
        Send(Payer.Address, _vault, Trc10VaultCalls.Deposit(), TokenId, 500);
        var take = new AbiWriter("transferFrom(address,address,uint256)").Add(Payer.Address).Add(Payee).Add(60).ToArray();
        Assert.Equal(TvmStatus.Revert, Try(Stranger.Address, take));
        Send(Payer.Address, _vault, Trc20Calls.Approve(Stranger.Address, Amount(100)));
        Send(Stranger.Address, _vault, take);
        Assert.Equal(40UL, await ReadAsync(Trc20Calls.Allowance(Payer.Address, Stranger.Address)));
        Assert.Equal(TvmStatus.Revert, Try(Stranger.Address, take));
    }

    [Fact]
    public void VaultForNoToken_CannotBeDeployed()
    {
        foreach (var id in new ulong[] { 0, 1_000_000, 1UL << 63 })
        {
            Assert.Equal(TvmStatus.Revert, _evm.Execute(Stranger.Address, null, ContractBytecode.Trc10Vault(id)).Status);
        }
    }

    private ChannelsWorld At(TronAddress contract) => ChannelsWorld.At(_evm, contract, _vault);

    private void Send(TronAddress from, TronAddress to, byte[] input, long tokenId = 0, long tokenValue = 0) =>
        Assert.Equal(TvmStatus.Success, _evm.Execute(from, to, input, tokenId, tokenValue).Status);

    private TvmStatus Try(TronAddress from, byte[] input, long tokenId = 0, long tokenValue = 0) =>
        _evm.Execute(from, _vault, input, tokenId, tokenValue).Status;

    private async Task<ulong> ReadAsync(byte[] call)
    {
        var answer = await _evm.CallAsync(_vault, call);
        return BttChannelsResults.TryReadAmount(answer.Output.Span, out var amount) ? (ulong)amount.Units : throw new InvalidOperationException();
    }
}
