using System.Text.Json;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.Tron.Node;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;
using Code = BttProxy.Tron.Node.Wire.Return.Types.response_code;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>
/// A TRON chain in one process: transactions wait for the next block, a block counts when it is on disk, and after some more blocks it
/// cannot be undone. The journal of blocks is replayed at the start. Safe for concurrent use.
/// </summary>
internal sealed class TronChain : IDisposable
{
    private const long TooLittleEnergy = 100;

    // How far back a transaction may refer: the last two bytes of a block's number.
    private const int ReferableBlocks = 1 << 16;
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly TimeProvider _time;
    private readonly NodeOptions _options;
    private readonly Journal _journal;
    private readonly ChainHistory _history;
    private readonly Secp256k1Key _faucet;
    private readonly Dictionary<Bytes32, ReceivedTransaction> _pool = [];
    private long _poolBlock;
    private DateTimeOffset _latest;

    private TronChain(NodeGenesis genesis, NodeOptions options, Journal journal, TimeProvider time)
    {
        (Genesis, _options, _journal, _time) = (genesis, options, journal, time);
        _faucet = Secp256k1Key.FromBytes(Convert.FromHexString(genesis.FaucetKey));
        _history = new ChainHistory(genesis, options, _faucet.Address);
        _latest = genesis.Time;
    }

    public NodeGenesis Genesis { get; }

    /// <summary>The settlement contract, whose address is another one on each devnet: no signature counts on two.</summary>
    public ChannelDomain Domain => new(Genesis.ChainId, _history.Contract);

    public TronAddress Token => _history.Token;

    public ChainFaults Faults { get; } = new();

    /// <summary>Opens the journal in a directory, or starts a new chain there.</summary>
    /// <exception cref="ChainException">The journal cannot be used.</exception>
    public static async Task<TronChain> OpenAsync(string directory, NodeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetFullPath(directory), "blocks");
        var (journal, lines) = await Journal.OpenAsync(path, cancellationToken);
        try
        {
            if (lines.Count == 0)
            {
                var created = NodeGenesis.Create(time.GetUtcNow() - (options.BlockTime * options.InitialBlocks));
                await journal.AppendAsync(created, cancellationToken);
                return new TronChain(created, options, journal, time);
            }

            var genesis = JsonSerializer.Deserialize<NodeGenesis>(lines[0], JournalJson.Options);
            if (genesis?.Version != NodeGenesis.CurrentVersion)
            {
                throw AnotherVersion(path);
            }

            var chain = new TronChain(genesis, options, journal, time);
            foreach (var line in lines.Skip(1))
            {
                chain.Replay(JsonSerializer.Deserialize<BlockEntry>(line, JournalJson.Options)!);
            }

            return chain;
        }
        catch (Exception exception) when (exception is JsonException or InvalidProtocolBufferException or InvalidDataException)
        {
            journal.Dispose();
            throw AnotherVersion(path, exception);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Takes a transaction into the next block, or says why not.</summary>
    /// <exception cref="ChainException">The journal cannot be written.</exception>
    public Task<Return> BroadcastAsync(Transaction message, CancellationToken cancellationToken) => LockedAsync(async () =>
    {
        if (ReceivedTransaction.TryRead(message) is not { } transaction)
        {
            return Refuse(Code.ContractValidateError, "this node knows transfers of TRX and TRC-10, calls and deployments");
        }

        var view = _history.View(_latest, isSolidified: false);
        var gift = NeedsGift(transaction, view) ? Gift(transaction.Owner, view) : null;
        if ((Refusal(transaction, view) ?? (gift is null ? Problem(transaction, view) : null)) is { } refusal)
        {
            return refusal;
        }

        if (Faults.TransactionsToDrop > 0)
        {
            Faults.TransactionsToDrop--;
            return new Return { Result = true };
        }

        var isFirst = _pool.Count == 0;
        if (gift is not null)
        {
            _pool.TryAdd(gift.Id, gift);
        }

        _pool.Add(transaction.Id, transaction);
        if (_options.IsOnDemand)
        {
            await ProduceAsync(_history.HeadNumber(_latest) + 1, _latest);
        }
        else if (isFirst)
        {
            _poolBlock = _history.HeadNumber(_latest) + 1;
        }

        return new Return { Result = true };
    }, cancellationToken);

    /// <summary>Calls <paramref name="read"/> with the chain as it is now, or was some blocks ago; it must not keep it.</summary>
    public Task<T> ReadAsync<T>(Func<ChainView, T> read, bool isSolidified, CancellationToken cancellationToken, int blocksBehind = 0) =>
        LockedAsync(
            () => Task.FromResult(read(blocksBehind == 0 ? _history.View(_latest, isSolidified) : _history.OldView(_latest, isSolidified, blocksBehind))),
            cancellationToken);

    /// <summary>Makes the block that is due, if transactions wait for it.</summary>
    public Task CatchUpAsync(CancellationToken cancellationToken) => LockedAsync(() => Task.FromResult(0), cancellationToken);

    /// <summary>A fault: what is not solidified of the last blocks did not happen.</summary>
    /// <param name="blocks">How many blocks are undone; no more than are not solidified.</param>
    /// <param name="isKept">Their transactions wait for the next block; else they are forgotten.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task ForkAsync(int blocks, bool isKept, CancellationToken cancellationToken) => LockedAsync(async () =>
    {
        var head = _history.HeadNumber(_latest);
        var from = Math.Max(head - blocks, _history.SolidNumber(_latest)) + 1;
        await _journal.AppendAsync(new BlockEntry(from, _latest, []), CancellationToken.None);
        var undone = _history.Fork(from);
        foreach (var transaction in isKept ? undone : [])
        {
            _pool.TryAdd(transaction.Id, transaction);
        }

        _poolBlock = head + 1;
        return 0;
    }, cancellationToken);

    public void Dispose()
    {
        _journal.Dispose();
        _faucet.Dispose();
        _gate.Dispose();
    }

    private static ChainException AnotherVersion(string path, Exception? exception = null) =>
        new($"The embedded node's journal {path} is of another version: start with an empty state directory.", isTransient: false, exception);

    private static Return Refuse(Code code, string why) => new() { Code = code, Message = ByteString.CopyFromUtf8(why) };

    private async Task<T> LockedAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // Never back, whatever the machine's clock does.
            _latest = _time.GetUtcNow() is var now && now > _latest ? now : _latest;
            if (_pool.Count > 0 && !_options.IsOnDemand && _history.HeadNumber(_latest) >= _poolBlock)
            {
                await ProduceAsync(_poolBlock, _history.TimeOf(_poolBlock));
            }

            _history.Solidify(_latest);
            return await work();
        }
        finally
        {
            _gate.Release();
        }
    }

    private Return? Refusal(ReceivedTransaction transaction, ChainView view)
    {
        var raw = transaction.Raw;
        var expiration = raw.Expiration - view.Time.ToUnixTimeMilliseconds();
        if (expiration <= 0 || expiration > LongestLife.TotalMilliseconds)
        {
            return Refuse(Code.TransactionExpirationError, "Transaction expired");
        }

        if (!RefersToThisChain(raw, view))
        {
            return Refuse(Code.TaposError, "Tapos check error");
        }

        if (_pool.ContainsKey(transaction.Id) || view.Find(transaction.Id) is not null)
        {
            return Refuse(Code.DupTransactionError, "Dup transaction.");
        }

        // As java-tron's accounts are made: the owner's permission (0) and one for all operations (2), both of the owner's key.
        return raw.Contract[0].PermissionId is not (0 or 2) ? Refuse(Code.Sigerror, "Validate signature error: permission isn't exit")
            : transaction.IsSignedByOwner() ? null
            : Refuse(Code.Sigerror, "Validate signature error");
    }

    private static Return? Problem(ReceivedTransaction transaction, ChainView view)
    {
        if (TransactionExecutor.Problem(transaction, view.State) is { } problem)
        {
            return Refuse(Code.ContractValidateError, $"Contract validate error : {problem}");
        }

        return view.State.Balance(transaction.Owner) < TransactionExecutor.BandwidthFee(transaction, view.State)
            ? Refuse(Code.BandwithError, "Account resource insufficient error.")
            : null;
    }

    private bool NeedsGift(ReceivedTransaction transaction, ChainView view) =>
        view.State.Balance(transaction.Owner) < _options.Gift / 2 && transaction.Owner != _faucet.Address;

    private ReceivedTransaction Gift(TronAddress owner, ChainView view)
    {
        var terms = new TransactionTerms(new BlockReference(view.BlockId(view.Number)), view.Time, view.Time + TimeSpan.FromMinutes(1));
        var transfer = TronTransaction.Sign(new TrxTransfer(_faucet.Address, owner, _options.Gift), terms, _faucet);
        return ReceivedTransaction.TryRead(Transaction.Parser.ParseFrom(transfer.Encoded.Span))!;
    }

    private static bool RefersToThisChain(Transaction.Types.raw raw, ChainView view)
    {
        if (raw.RefBlockBytes.Length != 2 || raw.RefBlockHash.Length != 8)
        {
            return false;
        }

        var low = (raw.RefBlockBytes[0] << 8) | raw.RefBlockBytes[1];
        var number = view.Number - ((view.Number - low) & (ReferableBlocks - 1));
        return number >= 0 && view.BlockId(number).Span[8..16].SequenceEqual(raw.RefBlockHash.Span);
    }

    private async Task ProduceAsync(long number, DateTimeOffset time)
    {
        var transactions = _pool.Values.Select(transaction => (transaction, MostEnergy(transaction))).ToList();
        _pool.Clear();
        var block = _history.Execute(number, time, transactions);
        if (block.Transactions.IsEmpty)
        {
            return;
        }

        try
        {
            await _journal.AppendAsync(BlockEntry.Of(block), CancellationToken.None);
        }
        catch
        {
            // Not on disk: it did not happen.
            _history.Fork(number);
            throw;
        }

        _history.Solidify(_latest);
    }

    private long MostEnergy(ReceivedTransaction transaction)
    {
        if (Faults.TransactionsToStarve == 0 || transaction.Operation is TransferContract or TransferAssetContract)
        {
            return long.MaxValue;
        }

        Faults.TransactionsToStarve--;
        return TooLittleEnergy;
    }

    private void Replay(BlockEntry entry)
    {
        _latest = entry.Time > _latest ? entry.Time : _latest;
        if (entry.IsFork)
        {
            _history.Fork(entry.Number);
            return;
        }

        _history.Solidify(entry.Time);
        _history.Execute(entry.Number, entry.Time, entry.Transactions.Select(static transaction => (
            ReceivedTransaction.TryRead(Transaction.Parser.ParseFrom(transaction.Encoded)) ?? throw new InvalidDataException("A transaction cannot be read."),
            transaction.MostEnergy)));
    }
}
