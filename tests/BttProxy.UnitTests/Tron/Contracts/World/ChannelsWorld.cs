using System.Text;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;

namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>
/// A fresh contract and a token in it, one payer with a wallet, and what people do. After each transaction the books are checked: the
/// contract's balance is what is deposited and what channels hold.
/// </summary>
internal sealed class ChannelsWorld
{
    public const ulong Delay = 3_600;
    public const ulong Far = (1UL << 40) - 1;

    public static readonly Secp256k1Key Payer = Key("payer");
    public static readonly Secp256k1Key Session = Key("session");
    public static readonly Secp256k1Key Authorizer = Key("authorizer");
    public static readonly Secp256k1Key Stranger = Key("stranger");
    public static readonly TronAddress Payee = Key("payee").Address;
    public static readonly TronAddress OtherPayee = Key("other payee").Address;

    private readonly HashSet<(TronAddress Owner, TronAddress Token)> _owners = [];
    private readonly HashSet<ChannelTerms> _channels = [];

    private ChannelsWorld(IEvm evm, TronAddress contract, TronAddress token)
    {
        Evm = evm;
        Contract = contract;
        Token = token;
        Domain = new ChannelDomain(evm.ChainId, contract);
        Terms = MakeTerms();
        Events = new BttChannelsEvents(contract);
    }

    public IEvm Evm { get; }

    public TronAddress Contract { get; }

    public TronAddress Token { get; }

    public ChannelDomain Domain { get; }

    /// <summary>The channel that is meant where none is named.</summary>
    public ChannelTerms Terms { get; }

    public BttChannelsEvents Events { get; }

    /// <summary>Around what is deployed already.</summary>
    public static ChannelsWorld At(IEvm evm, TronAddress contract, TronAddress token) => new(evm, contract, token);

    /// <summary>The payer's wallet holds 1000 and lets the contract take them.</summary>
    public static async Task<ChannelsWorld> CreateAsync(IEvm evm, byte[]? token = null)
    {
        var contract = await evm.DeployAsync(ContractBytecode.BttChannels);
        var world = new ChannelsWorld(evm, contract, await evm.DeployAsync(token ?? TestTokens.Plain));
        await world.FundAsync(Payer.Address, 1000);
        return world;
    }

    public static async Task<ChannelsWorld> WithDepositAsync(IEvm evm, byte[]? token = null)
    {
        var world = await CreateAsync(evm, token);
        await world.DepositAsync(500);
        return world;
    }

    /// <summary>500 deposited, 100 of them in <see cref="Terms"/>.</summary>
    public static async Task<ChannelsWorld> WithChannelAsync(IEvm evm, byte[]? token = null)
    {
        var world = await WithDepositAsync(evm, token);
        await world.OpenAsync(100);
        return world;
    }

    public static TokenAmount Amount(UInt128 units) => new(units);

    public static Bytes32 Salt(byte value) => new(Enumerable.Repeat(value, Bytes32.Length).ToArray());

    public ChannelTerms MakeTerms(
        byte salt = 1, TronAddress? payer = null, TronAddress? signer = null, TronAddress? payee = null, TronAddress? authorizer = null,
        TronAddress? token = null, ulong delay = Delay) =>
        new(payer ?? Payer.Address, signer ?? Session.Address, payee ?? Payee, authorizer ?? Authorizer.Address, token ?? Token, delay, Salt(salt));

    public ClaimRow Row(
        UInt128 cumulative, ulong epoch = 0, ChannelTerms? terms = null, Secp256k1Key? signer = null, ChannelDomain? domain = null)
    {
        terms ??= Terms;
        return new ClaimRow(terms, new Voucher(terms.Id(Domain), epoch, Amount(cumulative)).Sign(domain ?? Domain, signer ?? Session));
    }

    public async Task FundAsync(TronAddress owner, UInt128 amount, TronAddress? token = null)
    {
        await SucceedAsync(owner, token ?? Token, TestTokens.Mint(owner, amount));
        await SucceedAsync(owner, token ?? Token, Trc20Calls.Approve(Contract, Amount(amount)));
    }

    public Task<EvmOutcome> DepositAsync(UInt128 amount, TronAddress? from = null, TronAddress? token = null) =>
        SendAsync(from ?? Payer.Address, BttChannelsCalls.Deposit(token ?? Token, Amount(amount)));

    public Task<EvmOutcome> WithdrawAsync(UInt128 amount, TronAddress? from = null, TronAddress? token = null) =>
        SendAsync(from ?? Payer.Address, BttChannelsCalls.Withdraw(token ?? Token, Amount(amount)));

    public byte[] OpenCall(
        UInt128 total, ulong epoch = 0, ulong deadline = Far, ChannelTerms? terms = null, Secp256k1Key? signer = null, ChannelDomain? domain = null)
    {
        terms ??= Terms;
        var open = new OpenChannel(terms.Id(Domain), Amount(total), epoch, deadline);
        return BttChannelsCalls.Open(terms, open, (signer ?? Payer).Sign(open.Digest(domain ?? Domain)));
    }

    /// <summary>By a stranger with the payer's authorisation, as a relay does it.</summary>
    public Task<EvmOutcome> OpenAsync(
        UInt128 total, ulong epoch = 0, ulong deadline = Far, ChannelTerms? terms = null, Secp256k1Key? signer = null, ChannelDomain? domain = null) =>
        SendAsync(Stranger.Address, OpenCall(total, epoch, deadline, terms, signer, domain));

    public async Task<IReadOnlyList<ClaimRowResult>> ClaimAsync(params IReadOnlyList<ClaimRow> rows)
    {
        var outcome = await SendAsync(Stranger.Address, BttChannelsCalls.Claim(rows));
        return outcome.Success
            ? [.. EventsOf(outcome).OfType<RowEvent>().Select(row => row.Result)]
            : throw new InvalidOperationException($"The claim was refused: {outcome.Rejection}.");
    }

    public byte[] CloseCall(
        UInt128 final, ulong epoch = 0, ulong deadline = Far, ChannelTerms? terms = null, Secp256k1Key? signer = null,
        Secp256k1Key? authorizer = null, ChannelDomain? domain = null)
    {
        terms ??= Terms;
        var close = new CooperativeClose(terms.Id(Domain), epoch, Amount(final), deadline);
        var digest = close.Digest(domain ?? Domain);
        return BttChannelsCalls.CloseCooperatively(terms, close, (signer ?? Session).Sign(digest), (authorizer ?? Authorizer).Sign(digest));
    }

    public Task<EvmOutcome> CloseAsync(
        UInt128 final, ulong epoch = 0, ulong deadline = Far, ChannelTerms? terms = null, Secp256k1Key? signer = null,
        Secp256k1Key? authorizer = null, ChannelDomain? domain = null) =>
        SendAsync(Stranger.Address, CloseCall(final, epoch, deadline, terms, signer, authorizer, domain));

    public Task<EvmOutcome> RequestWithdrawAsync(TronAddress? from = null, ChannelTerms? terms = null) =>
        SendAsync(from ?? Payer.Address, BttChannelsCalls.RequestWithdraw(terms ?? Terms));

    public Task<EvmOutcome> FinishWithdrawAsync(ulong epoch = 0, ChannelTerms? terms = null) =>
        SendAsync(Stranger.Address, BttChannelsCalls.FinishWithdraw(terms ?? Terms, epoch));

    public async Task<UInt128> BalanceAsync(TronAddress owner, TronAddress? token = null) =>
        await ReadAmountAsync(token ?? Token, Trc20Calls.BalanceOf(owner));

    public async Task<UInt128> DepositedAsync(TronAddress owner, TronAddress? token = null) =>
        await ReadAmountAsync(Contract, BttChannelsCalls.DepositOf(owner, token ?? Token));

    public async Task<ChainChannel?> ChannelAsync(ChannelTerms? terms = null)
    {
        var answer = await Evm.CallAsync(Contract, BttChannelsCalls.Channel((terms ?? Terms).Id(Domain)));
        return BttChannelsResults.TryReadChannel(answer.Output.Span, out var channel) ? channel : throw new InvalidOperationException("No channel.");
    }

    public IReadOnlyList<BttChannelsEvent> EventsOf(EvmOutcome outcome) =>
        [.. outcome.Logs.Select(log => Events.TryRead(log, out var read) ? read : null).OfType<BttChannelsEvent>()];

    /// <summary>A transaction to the contract, and the books after it.</summary>
    public async Task<EvmOutcome> SendAsync(TronAddress from, byte[] input)
    {
        _owners.Add((from, Token));
        var outcome = await Evm.SendAsync(from, Contract, input);
        _channels.UnionWith(EventsOf(outcome).OfType<ChannelOpenedEvent>().Select(opened => opened.Terms));
        foreach (var deferred in EventsOf(outcome).OfType<PayoutDeferredEvent>())
        {
            _owners.Add((deferred.Payee, deferred.Token));
        }

        await CheckBooksAsync();
        return outcome;
    }

    public async Task SucceedAsync(TronAddress from, TronAddress to, byte[] input)
    {
        var outcome = await Evm.SendAsync(from, to, input);
        _ = outcome.Success ? outcome : throw new InvalidOperationException($"Reverted: 0x{Convert.ToHexStringLower(outcome.Output.Span)}");
    }

    /// <summary>What the contract owes in <see cref="Token"/> is what it holds.</summary>
    public async Task CheckBooksAsync()
    {
        var owed = UInt128.Zero;
        foreach (var (owner, token) in _owners.Append((Payer.Address, Token)).Distinct())
        {
            owed += token == Token ? await DepositedAsync(owner) : 0;
        }

        foreach (var terms in _channels.Where(terms => terms.Token == Token))
        {
            owed += await ChannelAsync(terms) is { } channel ? (channel.Reserved - channel.Claimed).Units : 0;
        }

        var held = await BalanceAsync(Contract);
        _ = held == owed ? held : throw new InvalidOperationException($"The contract holds {held} and owes {owed}.");
    }

    public static Secp256k1Key Key(string name) => Secp256k1Key.FromBytes(Keccak256.Hash(Encoding.ASCII.GetBytes("contract test " + name)).Span);

    private async Task<UInt128> ReadAmountAsync(TronAddress contract, byte[] call)
    {
        var answer = await Evm.CallAsync(contract, call);
        return BttChannelsResults.TryReadAmount(answer.Output.Span, out var amount)
            ? amount.Units
            : throw new InvalidOperationException($"No amount: 0x{Convert.ToHexStringLower(answer.Output.Span)}");
    }
}
