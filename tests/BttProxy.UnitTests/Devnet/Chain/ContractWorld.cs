using BttProxy.Devnet.Chain;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Chain;

/// <summary>A contract, its state and its clock, with people who sign well unless told otherwise.</summary>
internal sealed class ContractWorld
{
    public const ulong Day = 86_400;

    public static readonly ChannelDomain Domain = new(7, Address(200));

    public static readonly TronAddress Token = Address(201);

    public static readonly Secp256k1Key Payer = Key(1);

    public static readonly Secp256k1Key Session = Key(2);

    public static readonly Secp256k1Key Authorizer = Key(3);

    public static readonly Secp256k1Key Stranger = Key(4);

    public static readonly TronAddress Payee = Address(5);

    public static readonly ChannelTerms Terms = MakeTerms(0);

    private readonly ChannelContract _contract = new(Domain, Token);

    private int _salt;

    public ContractState State { get; private set; } = ContractState.Empty;

    public ulong Now { get; set; } = 1_000_000;

    public ChainChannel Channel => State.Channels[Terms.Id(Domain)];

    public static ChannelTerms MakeTerms(byte salt, ulong delay = Day) =>
        new(Payer.Address, Session.Address, Payee, Authorizer.Address, Token, delay, Word(salt));

    public static TokenAmount Amount(ulong units) => new(units);

    public static ClaimRow Row(ulong amount, ulong epoch = 0, Secp256k1Key? signer = null, ChannelTerms? terms = null, ChannelDomain? domain = null)
    {
        terms ??= Terms;
        return new ClaimRow(terms, new Voucher(terms.Id(Domain), epoch, Amount(amount)).Sign(domain ?? Domain, signer ?? Session));
    }

    /// <summary>A world whose payer has a wallet of 1000, of which 500 are deposited.</summary>
    public static ContractWorld WithDeposit()
    {
        var world = new ContractWorld();
        world.Must(world.Faucet(Payer.Address, 1000));
        world.Must(world.Deposit(500));
        return world;
    }

    /// <summary>As above, with 100 reserved for the channel.</summary>
    public static ContractWorld WithChannel()
    {
        var world = WithDeposit();
        world.Must(world.Open(100));
        return world;
    }

    public ContractRejection Faucet(TronAddress to, ulong amount) => Do(new FaucetTransaction(to, Amount(amount), Word((byte)++_salt)));

    public ContractRejection Deposit(ulong amount, Secp256k1Key? payer = null)
    {
        payer ??= Payer;
        return Do(DepositTransaction.Create(Domain, payer, State.Account(payer.Address).Nonce, default, Amount(amount)));
    }

    public ContractRejection WithdrawDeposit(ulong amount) =>
        Do(WithdrawDepositTransaction.Create(Domain, Payer, State.Account(Payer.Address).Nonce, default, Amount(amount)));

    public ContractRejection Open(ulong amount, ulong epoch = 0, Secp256k1Key? signer = null, ChannelTerms? terms = null, ulong? deadline = null)
    {
        terms ??= Terms;
        var open = new OpenChannel(terms.Id(Domain), Amount(amount), epoch, deadline ?? Now);
        return Do(new OpenTransaction(terms, open, (signer ?? Payer).Sign(open.Digest(Domain))));
    }

    public ClaimRowResult[] Claim(params ClaimRow[] rows)
    {
        var execution = _contract.Execute(State, new ClaimTransaction([.. rows], Word((byte)++_salt)), Now);
        Assert.Equal(ContractRejection.None, execution.Rejection);
        State = execution.State;
        return [.. execution.Rows];
    }

    public ContractRejection Close(
        ulong final, ulong epoch = 0, Secp256k1Key? signer = null, Secp256k1Key? authorizer = null, ulong? deadline = null)
    {
        var close = new CooperativeClose(Terms.Id(Domain), epoch, Amount(final), deadline ?? Now);
        var digest = close.Digest(Domain);
        return Do(new CloseTransaction(Terms, close, (signer ?? Session).Sign(digest), (authorizer ?? Authorizer).Sign(digest)));
    }

    public ContractRejection RequestWithdraw(Secp256k1Key? payer = null)
    {
        payer ??= Payer;
        return Do(RequestWithdrawTransaction.Create(Domain, payer, State.Account(payer.Address).Nonce, default, Terms.Id(Domain)));
    }

    public ContractRejection FinishWithdraw(ulong epoch = 0) => Do(new FinishWithdrawTransaction(Terms.Id(Domain), epoch));

    public ContractRejection Do(LedgerTransaction transaction)
    {
        var before = State;
        var execution = _contract.Execute(State, transaction, Now);
        State = execution.State;
        if (execution.Rejection != ContractRejection.None)
        {
            Assert.Same(before, State);
        }

        ContractInvariants.Check(State);
        return execution.Rejection;
    }

    private void Must(ContractRejection rejection) => Assert.Equal(ContractRejection.None, rejection);

    private static Secp256k1Key Key(byte number) => Secp256k1Key.FromBytes([.. new byte[31], number]);

    private static TronAddress Address(byte number) => new([.. new byte[19], number]);

    private static Bytes32 Word(byte number) => new([.. new byte[31], number]);
}
