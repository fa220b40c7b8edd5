using BttProxy.Devnet.Chain;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;
using BttProxy.UnitTests.Ledger;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static BttProxy.UnitTests.Devnet.Chain.ContractWorld;

namespace BttProxy.UnitTests.Devnet.Chain;

public sealed class LedgerChainTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(LedgerSamples.Now);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string JournalPath => _directory.File("journal");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Restarted_IsTheSameChainInTheSameState()
    {
        LedgerGenesis genesis;
        ContractState state;
        ChainReceipt receipt;
        using (var chain = await OpenAsync())
        {
            genesis = chain.Genesis;
            receipt = await GiveAsync(chain, 1000);
            _time.Advance(TimeSpan.FromSeconds(10));
            await chain.SubmitAsync(DepositTransaction.Create(genesis.Domain(), Payer, 0, default, Amount(300)), Cancelled);
            state = chain.State;
        }

        using var reopened = await OpenAsync();
        Assert.Equal(genesis, reopened.Genesis);
        Assert.Equal(state.Account(Payer.Address), reopened.State.Account(Payer.Address));
        Assert.Equal((state.Supply, state.ContractBalance), (reopened.State.Supply, reopened.State.ContractBalance));
        var again = await reopened.ReceiptAsync(receipt.TransactionId, Cancelled);
        Assert.Equal((receipt.TransactionId, receipt.Block), (again!.TransactionId, again.Block));
    }

    [Fact]
    public async Task SameTransactionTwice_IsExecutedOnce()
    {
        using var chain = await OpenAsync();
        var gift = new FaucetTransaction(Payer.Address, Amount(5), default);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => chain.SubmitAsync(gift, Cancelled)));

        Assert.All(receipts, receipt => Assert.Equal(gift.Id(), receipt.TransactionId));
        Assert.Equal(Amount(5), chain.State.Supply);
    }

    [Fact]
    public async Task RejectedTransaction_LeavesNoTrace()
    {
        using var chain = await OpenAsync();
        var length = new FileInfo(JournalPath).Length;
        var receipt = await chain.SubmitAsync(DepositTransaction.Create(chain.Genesis.Domain(), Payer, 0, default, Amount(5)), Cancelled);

        Assert.Equal(ContractRejection.InsufficientBalance, receipt.Rejection);
        Assert.Null(await chain.ReceiptAsync(receipt.TransactionId, Cancelled));
        Assert.Equal(length, new FileInfo(JournalPath).Length);
    }

    [Fact]
    public async Task TailCutAnywhere_OpensWithEveryWholeLine()
    {
        var lengths = new List<long>();
        using (var chain = await OpenAsync())
        {
            lengths.Add(new FileInfo(JournalPath).Length);
            for (var i = 0; i < 4; i++)
            {
                await GiveAsync(chain, 10);
                lengths.Add(new FileInfo(JournalPath).Length);
            }
        }

        var journal = await File.ReadAllBytesAsync(JournalPath, Cancelled);
        for (var length = lengths[0]; length <= journal.Length; length += 7)
        {
            await File.WriteAllBytesAsync(JournalPath, journal[..(int)length], Cancelled);
            using var chain = await OpenAsync();
            var gifts = (ulong)lengths.Count(end => end <= length) - 1;
            Assert.Equal(Amount(10 * gifts), chain.State.Supply);
            await GiveAsync(chain, 1);
            Assert.Equal(Amount((10 * gifts) + 1), chain.State.Supply);
        }
    }

    [Fact]
    public async Task DamageInTheMiddle_IsRefusedClearly()
    {
        using (var chain = await OpenAsync())
        {
            await GiveAsync(chain, 10);
            await GiveAsync(chain, 10);
        }

        var journal = await File.ReadAllBytesAsync(JournalPath, Cancelled);
        journal[journal.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(JournalPath, journal, Cancelled);
        var failure = await Assert.ThrowsAsync<ChainException>(OpenAsync);
        Assert.Contains("Line 2", failure.Message, StringComparison.Ordinal);
        Assert.Equal(journal.Length, new FileInfo(JournalPath).Length);
    }

    [Fact]
    public async Task OpenTwice_IsRefusedClearly()
    {
        using var chain = await OpenAsync();
        await Assert.ThrowsAsync<ChainException>(OpenAsync);
    }

    [Fact]
    public async Task TimePasses_BlocksGrowAndNeverGoBack()
    {
        using var chain = await OpenAsync();
        Assert.Equal(0UL, chain.Head.Number);
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal((2UL, 2UL), (chain.Head.Number, chain.Head.Solidified));
        Assert.Equal(2UL, (await GiveAsync(chain, 1)).Block);
        _time.AdjustTime(LedgerSamples.Now);
        Assert.Equal(2UL, chain.Head.Number);
    }

    private static Task<ChainReceipt> GiveAsync(LedgerChain chain, ulong amount) =>
        chain.SubmitAsync(new FaucetTransaction(Payer.Address, Amount(amount), new(Guid.NewGuid().ToByteArray().Concat(new byte[16]).ToArray())), Cancelled);

    private Task<LedgerChain> OpenAsync() => LedgerChain.OpenAsync(Path.GetDirectoryName(JournalPath)!, _time, Cancelled);
}
