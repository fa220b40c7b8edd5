using System.Collections.Immutable;
using BttProxy.Devnet.Chain.Vm;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.Node.Wire;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>
/// The blocks and the two states that follow from them: the solidified one, and over it the newest, which is computed again when the one
/// below moves on or when blocks are undone. Not safe for concurrent use.
/// </summary>
internal sealed class ChainHistory
{
    private readonly NodeGenesis _genesis;
    private readonly NodeOptions _options;
    private readonly TronAddress _faucet;
    private readonly TvmState _solid = new();
    private readonly Dictionary<long, ChainBlock> _blocks = [];
    private readonly Dictionary<Bytes32, TransactionInfo> _infos = [];
    private readonly List<ChainBlock> _recent = [];
    private readonly List<long> _forks = [];
    private TvmState _head;
    private long _lastNumber;

    public ChainHistory(NodeGenesis genesis, NodeOptions options, TronAddress faucet)
    {
        (_genesis, _options) = (genesis, options);
        _faucet = faucet;
        _lastNumber = options.IsOnDemand ? options.InitialBlocks : 0;
        (Token, Contract) = Begin(_solid);
        _head = _solid.Fork();
    }

    /// <summary>BTT, all of which is the faucet's at first.</summary>
    public TronAddress Token { get; }

    /// <summary>The settlement contract.</summary>
    public TronAddress Contract { get; }

    public long HeadNumber(DateTimeOffset now) =>
        _options.IsOnDemand ? _lastNumber : Math.Max((long)((now - _genesis.Time) / _options.BlockTime), _lastNumber);

    public long SolidNumber(DateTimeOffset now) => _options.IsOnDemand ? HeadNumber(now) : Math.Max(0, HeadNumber(now) - _options.BlocksToSolidify);

    public DateTimeOffset TimeOf(long number) =>
        _blocks.TryGetValue(number, out var block) ? block.Time : _genesis.Time + (_options.BlockTime * number);

    public ChainBlock? Block(long number) => _blocks.GetValueOrDefault(number);

    public TransactionInfo? Find(Bytes32 transactionId) => _infos.GetValueOrDefault(transactionId);

    public Bytes32 BlockId(long number) => number == 0
        ? _genesis.BlockId
        : BlockIds.Compute(
            _genesis.BlockId, number, TimeOf(number), _forks.Count(from => from <= number),
            Block(number)?.Transactions.Select(static included => included.Transaction.Id) ?? []);

    public ChainView View(DateTimeOffset now, bool isSolidified)
    {
        var number = isSolidified ? SolidNumber(now) : HeadNumber(now);
        // On demand time passes without blocks, and contracts' deadlines with it.
        var time = _options.IsOnDemand ? now : TimeOf(number);
        return new ChainView(this, number, SolidNumber(now), time, isSolidified ? _solid : _head);
    }

    /// <summary>The chain as it was so many blocks ago, computed from its beginning.</summary>
    public ChainView OldView(DateTimeOffset now, bool isSolidified, int behind)
    {
        var number = Math.Max(0, (isSolidified ? SolidNumber(now) : HeadNumber(now)) - behind);
        var state = new TvmState();
        Begin(state);
        foreach (var block in _blocks.Values.Where(block => block.Number <= number).OrderBy(static block => block.Number))
        {
            Repeat(block, state);
        }

        return new ChainView(this, number, Math.Max(0, SolidNumber(now) - behind), TimeOf(number), state);
    }

    public TvmBlock BlockFor(long number, DateTimeOffset time) => new()
    {
        Number = number,
        Timestamp = time.ToUnixTimeSeconds(),
        ChainId = _genesis.ChainId,
        EnergyPrice = ChainPrices.EnergySun,
        BlockHash = BlockId,
    };

    /// <summary>Executes the transactions that can still be executed, and keeps the block if there are any.</summary>
    public ChainBlock Execute(long number, DateTimeOffset time, IEnumerable<(ReceivedTransaction Transaction, long MostEnergy)> transactions)
    {
        var block = Run(number, time, transactions);
        if (!block.Transactions.IsEmpty)
        {
            Keep(block);
        }

        return block;
    }

    /// <summary>Carries what cannot be undone any more into the solidified state.</summary>
    public void Solidify(DateTimeOffset now)
    {
        var solid = SolidNumber(now);
        var moved = 0;
        for (; moved < _recent.Count && _recent[moved].Number <= solid; moved++)
        {
            Repeat(_recent[moved], _solid);
        }

        if (moved > 0)
        {
            _recent.RemoveRange(0, moved);
            Rebuild();
        }
    }

    /// <summary>Undoes the blocks from this number on.</summary>
    /// <returns>Their transactions.</returns>
    public ImmutableArray<ReceivedTransaction> Fork(long from)
    {
        var undone = _recent.FindAll(block => block.Number >= from);
        foreach (var block in undone)
        {
            _blocks.Remove(block.Number);
            foreach (var included in block.Transactions)
            {
                _infos.Remove(included.Transaction.Id);
            }
        }

        _recent.RemoveAll(block => block.Number >= from);
        _lastNumber = Math.Min(_lastNumber, from - 1);
        _forks.Add(from);
        Rebuild();
        return [.. undone.SelectMany(static block => block.Transactions).Select(static included => included.Transaction)];
    }

    private (TronAddress Token, TronAddress Contract) Begin(TvmState state)
    {
        state.SetBalance(_faucet, NodeGenesis.FaucetSun);
        state.EndTransaction();
        return (
            Deploy(state, _genesis.TokenDeployment, DevnetContracts.Btt), Deploy(state, _genesis.ContractDeployment, ContractBytecode.BttChannels));
    }

    private TronAddress Deploy(TvmState state, Bytes32 transactionId, ReadOnlyMemory<byte> code) =>
        Tvm.Execute(
            new TvmMessage { Caller = _faucet, Data = code, EnergyLimit = long.MaxValue / 2, TransactionId = transactionId },
            state, BlockFor(0, _genesis.Time)).CreatedAddress ?? throw new InvalidOperationException("A contract of the devnet cannot be deployed.");

    private void Keep(ChainBlock block)
    {
        _blocks[block.Number] = block;
        _recent.Add(block);
        _lastNumber = block.Number;
        foreach (var included in block.Transactions)
        {
            _infos[included.Transaction.Id] = included.Info;
        }
    }

    private void Rebuild()
    {
        _head = _solid.Fork();
        _recent.ForEach(block => Repeat(block, _head));
    }

    private void Repeat(ChainBlock block, TvmState state)
    {
        foreach (var included in block.Transactions)
        {
            TransactionExecutor.Execute(included.Transaction, state, BlockFor(block.Number, block.Time), included.MostEnergy);
        }
    }

    private ChainBlock Run(long number, DateTimeOffset time, IEnumerable<(ReceivedTransaction Transaction, long MostEnergy)> transactions)
    {
        var state = _head;
        var included = ImmutableArray.CreateBuilder<IncludedTransaction>();
        foreach (var (transaction, mostEnergy) in transactions)
        {
            if (transaction.Raw.Expiration > time.ToUnixTimeMilliseconds()
                && TransactionExecutor.Problem(transaction, state) is null
                && state.Balance(transaction.Owner) >= TransactionExecutor.BandwidthFee(transaction, state))
            {
                var info = TransactionExecutor.Execute(transaction, state, BlockFor(number, time), mostEnergy);
                info.BlockTimeStamp = time.ToUnixTimeMilliseconds();
                included.Add(new IncludedTransaction(transaction, mostEnergy, info));
            }
        }

        return new ChainBlock(number, time, included.ToImmutable());
    }
}
