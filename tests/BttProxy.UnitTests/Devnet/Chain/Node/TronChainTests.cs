using System.Globalization;
using System.Numerics;
using BttProxy.Devnet.Chain.Node;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.Tron.Node;
using BttProxy.Tron.Node.Wire;
using BttProxy.UnitTests.BitTorrent;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Code = BttProxy.Tron.Node.Wire.Return.Types.response_code;

namespace BttProxy.UnitTests.Devnet.Chain.Node;

public sealed class TronChainTests : IAsyncLifetime
{
    private const long Amount = 5_000_000;
    private static readonly NodeOptions Options = new();
    private static readonly TimeSpan Solid = Options.BlockTime * (Options.BlocksToSolidify + 2);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero));
    private readonly Secp256k1Key _other = Secp256k1Key.Generate();
    private TronChain _chain = null!;
    private Secp256k1Key _faucet = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _chain = await OpenAsync(Options);
        _faucet = Secp256k1Key.FromBytes(Convert.FromHexString(_chain.Genesis.FaucetKey));
        _time.Advance(TimeSpan.FromMinutes(5));
    }

    public ValueTask DisposeAsync()
    {
        _chain.Dispose();
        _faucet.Dispose();
        _other.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Transfer_IsInTheNextBlockAndSolidEighteenLater()
    {
        var transfer = await SendTransferAsync();
        Assert.Null(await FindAsync(transfer, solidified: false));

        _time.Advance(Options.BlockTime);
        var info = (await FindAsync(transfer, solidified: false))!;
        Assert.Equal(101, info.BlockNumber);
        Assert.Equal(Amount, await BalanceAsync(_other, solidified: false));
        Assert.Equal(0, await BalanceAsync(_other, solidified: true));

        _time.Advance(Options.BlockTime * (Options.BlocksToSolidify - 1));
        Assert.Null(await FindAsync(transfer, solidified: true));
        _time.Advance(Options.BlockTime);
        Assert.Equal(info, await FindAsync(transfer, solidified: true));
        Assert.Equal(Amount, await BalanceAsync(_other, solidified: true));
    }

    [Fact]
    public async Task Fees_AreBurnt()
    {
        var first = await SendTransferAsync();
        _time.Advance(Options.BlockTime);
        // The account that it makes: 1 TRX and 0.1 TRX instead of bandwidth.
        Assert.Equal(1_100_000, (await FindAsync(first, solidified: false))!.Fee);
        var second = await SendTransferAsync();
        _time.Advance(Options.BlockTime);
        Assert.Equal(second.Bandwidth * 1000, (await FindAsync(second, solidified: false))!.Fee);
        Assert.Equal(
            NodeGenesis.FaucetSun - (2 * Amount) - 1_100_000 - (second.Bandwidth * 1000), await BalanceAsync(_faucet, solidified: false));
    }

    [Fact]
    public async Task TransactionThatCannotBe_IsRefusedWithTronsCode()
    {
        var terms = await TermsAsync();
        Assert.Equal(Code.TransactionExpirationError, await CodeOfAsync(terms with { Expiration = terms.Expiration.AddMinutes(-1) }));
        Assert.Equal(Code.TransactionExpirationError, await CodeOfAsync(terms with { Expiration = terms.Timestamp.AddDays(2) }));
        Assert.Equal(Code.TaposError, await CodeOfAsync(terms with { Reference = new BlockReference(Bytes32.Zero) }));
        Assert.Equal(Code.ContractValidateError, await CodeOfAsync(terms, Amount: long.MaxValue));
        var forged = TronTransaction.Sign(new TrxTransfer(_faucet.Address, _other.Address, 1), terms with { PermissionId = 2 }, _other);
        Assert.Equal(Code.Sigerror, (await BroadcastAsync(forged)).Code);
        var good = await SendTransferAsync();
        Assert.Equal(Code.DupTransactionError, (await BroadcastAsync(good)).Code);
        _time.Advance(Options.BlockTime);
        Assert.Equal(Code.DupTransactionError, (await BroadcastAsync(good)).Code);

        async Task<Code> CodeOfAsync(TransactionTerms with, long Amount = 1) =>
            (await BroadcastAsync(TronTransaction.Sign(new TrxTransfer(_faucet.Address, _other.Address, Amount), with, _faucet))).Code;
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Permission_IsTheOwnersOrTheOneForAllOperations(int permission, bool isTaken)
    {
        var terms = await TermsAsync() with { PermissionId = permission };
        var answer = await BroadcastAsync(TronTransaction.Sign(new TrxTransfer(_faucet.Address, _other.Address, 1), terms, _faucet));
        Assert.Equal((isTaken, isTaken ? Code.Success : Code.Sigerror), (answer.Result, answer.Code));
    }

    [Fact]
    public async Task SignatureWithHighS_IsTakenAndIsTheSameTransaction()
    {
        var transfer = await TransferAsync();
        var message = Transaction.Parser.ParseFrom(transfer.Encoded.Span);
        var signature = message.Signature[0].ToByteArray();
        var order = BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var high = order - new BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        high.ToByteArray(isUnsigned: true, isBigEndian: true).CopyTo(signature, 32);
        signature[64] = (byte)(55 - signature[64]);
        message.Signature[0] = ByteString.CopyFrom(signature);

        Assert.True((await _chain.BroadcastAsync(message, Cancel)).Result);
        Assert.Equal(Code.DupTransactionError, (await BroadcastAsync(transfer)).Code);
        _time.Advance(Options.BlockTime);
        Assert.NotNull(await FindAsync(transfer, solidified: false));
        signature[64] = (byte)(55 - signature[64]);
        message.RawData.Timestamp++;
        Assert.Equal(Code.Sigerror, (await _chain.BroadcastAsync(message, Cancel)).Code);
    }

    [Fact]
    public async Task ViewOfSomeBlocksAgo_IsTheStateOfThen()
    {
        await SendTransferAsync();
        _time.Advance(Options.BlockTime);
        var then = await HeadAsync();
        await SendTransferAsync();
        _time.Advance(Options.BlockTime * 3);

        Assert.Equal(2 * Amount, await BalanceAsync(_other, solidified: false));
        Assert.Equal((then, Amount), await _chain.ReadAsync(
            view => (TronHead.Read(NodeAnswers.Head(view)), view.State.Balance(_other.Address)), isSolidified: false, Cancel, blocksBehind: 3));
    }

    [Fact]
    public async Task Fork_UndoesWhatIsNotSolid()
    {
        var solid = await SendTransferAsync();
        _time.Advance(Solid);
        var undone = await SendTransferAsync();
        _time.Advance(Options.BlockTime * 2);
        var before = await HeadAsync();
        await _chain.ForkAsync(100, isKept: false, Cancel);

        Assert.Null(await FindAsync(undone, solidified: false));
        Assert.NotNull(await FindAsync(solid, solidified: true));
        Assert.Equal(Amount, await BalanceAsync(_other, solidified: false));
        var after = await HeadAsync();
        Assert.Equal(before.Number, after.Number);
        Assert.NotEqual(before.Reference, after.Reference);
        // Who referred to the block that is gone must build anew.
        var terms = await TermsAsync() with { Reference = before.Reference };
        Assert.Equal(Code.TaposError, (await BroadcastAsync(TronTransaction.Sign(new TrxTransfer(_faucet.Address, _other.Address, 1), terms, _faucet))).Code);
    }

    [Fact]
    public async Task ForkThatKeepsTransactions_IncludesThemAgain()
    {
        var transfer = await SendTransferAsync();
        _time.Advance(Options.BlockTime);
        var first = (await FindAsync(transfer, solidified: false))!.BlockNumber;
        await _chain.ForkAsync(5, isKept: true, Cancel);
        Assert.Null(await FindAsync(transfer, solidified: false));
        _time.Advance(Options.BlockTime);
        Assert.Equal(first + 1, (await FindAsync(transfer, solidified: false))!.BlockNumber);
    }

    [Fact]
    public async Task DroppedTransaction_ExpiresUnseen()
    {
        _chain.Faults.TransactionsToDrop = 1;
        var transfer = await SendTransferAsync();
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Null(await FindAsync(transfer, solidified: false));
        Assert.Equal(Code.TransactionExpirationError, (await BroadcastAsync(transfer)).Code);
    }

    [Fact]
    public async Task ChainThatIsOpenedAgain_KnowsEverything()
    {
        var early = await SendTransferAsync();
        _time.Advance(Options.BlockTime);
        await _chain.ForkAsync(1, isKept: true, Cancel);
        _time.Advance(Solid);
        var late = await SendTransferAsync();
        _time.Advance(Options.BlockTime);
        var (head, infos) = (await HeadAsync(), new[] { await FindAsync(early, solidified: true), await FindAsync(late, solidified: false) });
        var balance = await BalanceAsync(_faucet, solidified: false);
        _chain.Dispose();

        _chain = await OpenAsync(Options);
        Assert.Equal(head, await HeadAsync());
        Assert.Equal(infos[0], await FindAsync(early, solidified: true));
        Assert.Equal(infos[1], await FindAsync(late, solidified: false));
        Assert.Equal((Amount, 2 * Amount, balance), (
            await BalanceAsync(_other, solidified: true), await BalanceAsync(_other, solidified: false), await BalanceAsync(_faucet, solidified: false)));
    }

    [Fact]
    public async Task OnDemand_EachTransactionIsASolidBlock()
    {
        _chain.Dispose();
        _chain = await TronChain.OpenAsync(_folder["on-demand"], new NodeOptions { BlockTime = TimeSpan.Zero }, _time, Cancel);
        _faucet.Dispose();
        _faucet = Secp256k1Key.FromBytes(Convert.FromHexString(_chain.Genesis.FaucetKey));
        for (var i = 1; i <= 3; i++)
        {
            var transfer = await SendTransferAsync();
            Assert.Equal(i, (await FindAsync(transfer, solidified: true))!.BlockNumber);
            Assert.Equal(i * Amount, await BalanceAsync(_other, solidified: true));
        }
    }

    [Fact]
    public async Task JournalOfSomethingElse_IsRefused()
    {
        _chain.Dispose();
        await File.WriteAllTextAsync(_folder["blocks"], "{}\n{}\n", Cancel);
        var failure = await Assert.ThrowsAsync<ChainException>(() => OpenAsync(Options));
        Assert.Contains("damaged", failure.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder["blocks"], "", Cancel);
        _chain = await OpenAsync(Options);
    }

    private Task<TronChain> OpenAsync(NodeOptions options) => TronChain.OpenAsync(_folder.Path, options, _time, Cancel);

    private Task<Return> BroadcastAsync(TronTransaction transaction) =>
        _chain.BroadcastAsync(Transaction.Parser.ParseFrom(transaction.Encoded.Span), Cancel);

    private Task<TransactionInfo?> FindAsync(TronTransaction transaction, bool solidified) =>
        _chain.ReadAsync(view => view.Find(transaction.Id), solidified, Cancel);

    private Task<long> BalanceAsync(Secp256k1Key key, bool solidified) =>
        _chain.ReadAsync(view => view.State.Balance(key.Address), solidified, Cancel);

    private Task<TronHead> HeadAsync() => _chain.ReadAsync(view => TronHead.Read(NodeAnswers.Head(view)), isSolidified: false, Cancel);

    private async Task<TransactionTerms> TermsAsync()
    {
        // Each transaction has a timestamp of its own.
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var head = await HeadAsync();
        return new TransactionTerms(head.Reference, _time.GetUtcNow(), head.Time + TimeSpan.FromMinutes(1));
    }

    private async Task<TronTransaction> SendTransferAsync()
    {
        var transfer = await TransferAsync();
        Assert.True((await BroadcastAsync(transfer)).Result);
        return transfer;
    }

    private async Task<TronTransaction> TransferAsync() =>
        TronTransaction.Sign(new TrxTransfer(_faucet.Address, _other.Address, Amount), await TermsAsync(), _faucet);
}
