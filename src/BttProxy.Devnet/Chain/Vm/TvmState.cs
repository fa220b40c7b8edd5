using BttProxy.Protocol.Keys;

namespace BttProxy.Devnet.Chain.Vm;

/// <summary>
/// Accounts, code, storage and TRC-10 balances. One thread at a time may use a state; a fork of it is a state of its own that
/// costs nothing to make, as long as nobody writes to the state below.
/// </summary>
internal sealed class TvmState
{
    private readonly JournaledMap<TronAddress, TvmAccount> _accounts;
    private readonly JournaledMap<(TronAddress Address, int Destroyed, UInt256 Slot), UInt256> _slots;
    private readonly JournaledMap<(TronAddress Address, long TokenId), long> _tokens;

    // Of the running transaction only.
    private readonly JournaledMap<(TronAddress Address, UInt256 Slot), bool> _written = new();
    private readonly JournaledMap<(TronAddress Address, UInt256 Slot), UInt256> _transient = new();
    private readonly JournaledMap<TronAddress, bool> _doomed = new();

    public TvmState()
    {
        _accounts = new();
        _slots = new();
        _tokens = new();
    }

    private TvmState(TvmState below)
    {
        _accounts = new(below._accounts);
        _slots = new(below._slots);
        _tokens = new(below._tokens);
    }

    public StateMoment Moment =>
        new(_accounts.Moment, _slots.Moment, _tokens.Moment, _written.Moment, _transient.Moment, _doomed.Moment);

    /// <summary>A state over this one: reads through, writes to itself.</summary>
    public TvmState Fork() => new(this);

    public TvmAccount Account(TronAddress address) => _accounts.TryGet(address, out var account) ? account! : TvmAccount.Absent;

    public bool Exists(TronAddress address) => Account(address).Exists;

    public long Balance(TronAddress address) => Account(address).Balance;

    public ContractCode Code(TronAddress address) => Account(address).Code ?? ContractCode.Empty;

    public long TokenBalance(TronAddress address, long tokenId) =>
        _tokens.TryGet((address, tokenId), out var balance) ? balance : 0;

    /// <summary>The TRC-10 tokens that an account holds.</summary>
    public IEnumerable<(long TokenId, long Balance)> TokensOf(TronAddress address) =>
        from entry in _tokens.All() where entry.Key.Address == address && entry.Value > 0 select (entry.Key.TokenId, entry.Value);

    public UInt256 Storage(TronAddress address, UInt256 slot) =>
        _slots.TryGet((address, Account(address).Destroyed, slot), out var value) ? value : UInt256.Zero;

    public UInt256 Transient(TronAddress address, UInt256 slot) =>
        _transient.TryGet((address, slot), out var value) ? value : UInt256.Zero;

    /// <summary>
    /// Whether TRON takes the slot for one in use, which makes writing to it cheaper: it holds something, or was written to in
    /// this transaction, even a zero (java-tron keeps the row until the transaction is stored).
    /// </summary>
    public bool IsInUse(TronAddress address, UInt256 slot) =>
        _written.TryGet((address, slot), out _) || !Storage(address, slot).IsZero;

    /// <summary>Every slot that holds something.</summary>
    public IEnumerable<(TronAddress Address, UInt256 Slot, UInt256 Value)> AllStorage() =>
        from entry in _slots.All()
        where !entry.Value.IsZero && entry.Key.Destroyed == Account(entry.Key.Address).Destroyed
        select (entry.Key.Address, entry.Key.Slot, entry.Value);

    /// <summary>Every account that exists.</summary>
    public IEnumerable<(TronAddress Address, TvmAccount Account)> AllAccounts() =>
        from entry in _accounts.All() where entry.Value.Exists select (entry.Key, entry.Value);

    /// <summary>Makes the account exist if it does not.</summary>
    public void Create(TronAddress address)
    {
        var account = Account(address);
        if (!account.Exists)
        {
            _accounts.Set(address, account with { Exists = true });
        }
    }

    public void SetBalance(TronAddress address, long balance) =>
        _accounts.Set(address, Account(address) with { Exists = true, Balance = balance });

    public void SetCode(TronAddress address, ContractCode code) =>
        _accounts.Set(address, Account(address) with { Exists = true, Code = code });

    public void SetTokenBalance(TronAddress address, long tokenId, long balance)
    {
        Create(address);
        _tokens.Set((address, tokenId), balance);
    }

    public void SetStorage(TronAddress address, UInt256 slot, UInt256 value)
    {
        _slots.Set((address, Account(address).Destroyed, slot), value);
        _written.Set((address, slot), true);
    }

    public void SetTransient(TronAddress address, UInt256 slot, UInt256 value) => _transient.Set((address, slot), value);

    /// <summary>Moves TRX; false, and nothing moved, if the sender has less or the receiver would have more than there can be.</summary>
    public bool TryMove(TronAddress from, TronAddress to, long amount)
    {
        var (has, receives) = (Balance(from), Balance(to));
        if (from == to || has < amount || receives > long.MaxValue - amount)
        {
            return false;
        }

        SetBalance(from, has - amount);
        SetBalance(to, receives + amount);
        return true;
    }

    /// <summary>Moves a TRC-10 token under the same conditions.</summary>
    public bool TryMoveToken(TronAddress from, TronAddress to, long tokenId, long amount)
    {
        var (has, receives) = (TokenBalance(from, tokenId), TokenBalance(to, tokenId));
        if (from == to || has < amount || receives > long.MaxValue - amount)
        {
            return false;
        }

        SetTokenBalance(from, tokenId, has - amount);
        SetTokenBalance(to, tokenId, receives + amount);
        return true;
    }

    /// <summary>
    /// Gives all that the contract has to an heir and removes it when the transaction ends. What it leaves to itself is lost.
    /// </summary>
    public bool TryDestroy(TronAddress contract, TronAddress heir)
    {
        foreach (var ((_, tokenId), balance) in _tokens.All().Where(entry => entry.Key.Address == contract && entry.Value > 0).ToList())
        {
            if (contract == heir)
            {
                SetTokenBalance(contract, tokenId, 0);
            }
            else if (!TryMoveToken(contract, heir, tokenId, balance))
            {
                return false;
            }
        }

        _doomed.Set(contract, true);
        if (contract == heir)
        {
            SetBalance(contract, 0);
            return true;
        }

        Create(heir);
        return Balance(contract) == 0 || TryMove(contract, heir, Balance(contract));
    }

    public void GoBack(StateMoment moment)
    {
        _accounts.GoBack(moment.Accounts);
        _slots.GoBack(moment.Slots);
        _tokens.GoBack(moment.Tokens);
        _written.GoBack(moment.Written);
        _transient.GoBack(moment.Transient);
        _doomed.GoBack(moment.Doomed);
    }

    /// <summary>The transaction is over: what it did stays, destroyed contracts go, what lives for one transaction is forgotten.</summary>
    public void EndTransaction()
    {
        foreach (var (address, _) in _doomed.All())
        {
            foreach (var ((_, tokenId), _) in _tokens.All().Where(entry => entry.Key.Address == address && entry.Value > 0).ToList())
            {
                _tokens.Set((address, tokenId), 0);
            }

            _accounts.Set(address, new TvmAccount { Destroyed = Account(address).Destroyed + 1 });
        }

        _accounts.Keep();
        _slots.Keep();
        _tokens.Keep();
        _written.Clear();
        _transient.Clear();
        _doomed.Clear();
    }
}
