using System.Text.Json;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;

namespace BttProxy.Devnet.Chain;

/// <summary>
/// The embedded ledger: the contract's rules, blocks every three seconds as on TRON, and a journal that is replayed at the
/// start. A transaction counts when it is on disk; the state is then final. Safe for concurrent use.
/// </summary>
public sealed class LedgerChain : IDisposable
{
    private static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time;
    private readonly Journal _journal;
    private readonly ChannelContract _contract;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Dictionary<Bytes32, ChainReceipt> _receipts = [];
    private volatile ContractState _state = ContractState.Empty;
    private DateTimeOffset _lastBlock;

    private LedgerChain(LedgerGenesis genesis, Journal journal, TimeProvider time)
    {
        Genesis = genesis;
        _journal = journal;
        _time = time;
        _contract = new ChannelContract(genesis.Domain(), genesis.Token);
        _lastBlock = genesis.Time;
    }

    public LedgerGenesis Genesis { get; }

    /// <summary>The latest block; empty ones are not kept anywhere, they only let the clock run.</summary>
    public ChainHead Head
    {
        get
        {
            var now = Now();
            var number = BlockAt(now);
            return new ChainHead(number, number, now);
        }
    }

    internal ContractState State => _state;

    /// <summary>Opens the journal in a directory, or starts a new chain there.</summary>
    /// <exception cref="ChainException">The journal cannot be used.</exception>
    public static async Task<LedgerChain> OpenAsync(string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetFullPath(directory), "journal");
        var (journal, lines) = await Journal.OpenAsync(path, cancellationToken);
        try
        {
            if (lines.Count == 0)
            {
                var created = LedgerGenesis.Create(time.GetUtcNow());
                await journal.AppendAsync(created, cancellationToken);
                return new LedgerChain(created, journal, time);
            }

            var genesis = JsonSerializer.Deserialize<LedgerGenesis>(lines[0], LedgerJson.Options);
            if (genesis?.Version != LedgerGenesis.CurrentVersion)
            {
                throw AnotherVersion(path);
            }

            var chain = new LedgerChain(genesis, journal, time);
            foreach (var line in lines.Skip(1))
            {
                chain.Replay(JsonSerializer.Deserialize<JournalEntry>(line, LedgerJson.Options)!);
            }

            return chain;
        }
        catch (JsonException exception)
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

    /// <summary>Executes a transaction. One that was accepted before gets its receipt again.</summary>
    /// <exception cref="ChainException">The journal cannot be written; the transaction has changed nothing.</exception>
    public async Task<ChainReceipt> SubmitAsync(LedgerTransaction transaction, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var id = transaction.Id();
            if (_receipts.TryGetValue(id, out var known))
            {
                return known;
            }

            var now = Now();
            var execution = Execute(transaction, now);
            var receipt = new ChainReceipt(id, BlockAt(now), execution.Rejection, execution.Rows);
            if (receipt.IsAccepted)
            {
                // Not cancelled halfway: a line on disk has been executed.
                await _journal.AppendAsync(new JournalEntry(now, transaction), CancellationToken.None);
                Keep(execution, receipt, now);
            }

            return receipt;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Null for a transaction that was never accepted.</summary>
    public async Task<ChainReceipt?> ReceiptAsync(Bytes32 transactionId, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            return _receipts.GetValueOrDefault(transactionId);
        }
        finally
        {
            _writing.Release();
        }
    }

    public LedgerAccount Account(TronAddress address)
    {
        var account = _state.Account(address);
        return new LedgerAccount(account.Balance, account.Deposit, account.Nonce);
    }

    /// <summary>Null when it was never opened.</summary>
    public ChainChannel? Channel(ChannelId id) => _state.Channels.GetValueOrDefault(id);

    public void Dispose()
    {
        _journal.Dispose();
        _writing.Dispose();
    }

    private static ChainException AnotherVersion(string path, JsonException? exception = null) =>
        new($"The ledger's journal {path} is of another version: start with an empty state directory.", isTransient: false, exception);

    private void Replay(JournalEntry entry)
    {
        var execution = Execute(entry.Transaction, entry.Time);
        var receipt = new ChainReceipt(entry.Transaction.Id(), BlockAt(entry.Time), execution.Rejection, execution.Rows);
        if (!receipt.IsAccepted)
        {
            throw new ChainException(
                $"The ledger's journal does not replay ({receipt.TransactionId}: {receipt.Rejection}): start with an empty state directory.",
                isTransient: false);
        }

        Keep(execution, receipt, entry.Time);
    }

    private Execution Execute(LedgerTransaction transaction, DateTimeOffset now) =>
        _contract.Execute(_state, transaction, (ulong)now.ToUnixTimeSeconds());

    private void Keep(Execution execution, ChainReceipt receipt, DateTimeOffset now)
    {
        _state = execution.State;
        _receipts[receipt.TransactionId] = receipt;
        _lastBlock = now;
    }

    // Never back, whatever the machine's clock does.
    private DateTimeOffset Now() => _time.GetUtcNow() is var now && now > _lastBlock ? now : _lastBlock;

    private ulong BlockAt(DateTimeOffset time) => (ulong)((time - Genesis.Time) / BlockTime);
}
