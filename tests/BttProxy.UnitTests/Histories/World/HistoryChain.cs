using BttProxy.Devnet.Chain.Node;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.Node;
using BttProxy.Tron.Node.Wire;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>The embedded node's chain with the contract's bytecode, and the nodes through which programs see it.</summary>
internal sealed class HistoryChain : IDisposable
{
    public const int BlocksToSolidify = 4;

    private const long Gift = 20_000_000_000;
    private const long FeeLimit = 500_000_000;

    private static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(3);

    private readonly HistoryClock _clock;
    private readonly Secp256k1Key _faucet;
    private long _sent;

    private HistoryChain(TronChain chain, HistoryClock clock, int nodes)
    {
        (Chain, _clock) = (chain, clock);
        _faucet = Secp256k1Key.FromBytes(Convert.FromHexString(chain.Genesis.FaucetKey));
        Nodes = [.. Enumerable.Range(0, nodes).Select(_ => new NodeFront(chain))];
    }

    public TronChain Chain { get; }

    public IReadOnlyList<NodeFront> Nodes { get; }

    public ChannelDomain Domain => Chain.Domain;

    public TronAddress Token => Chain.Token;

    public TronAddress Faucet => _faucet.Address;

    public static async Task<HistoryChain> CreateAsync(string directory, HistoryClock clock, int nodes)
    {
        var options = new NodeOptions { BlockTime = BlockTime, BlocksToSolidify = BlocksToSolidify, Gift = Gift };
        var chain = new HistoryChain(await TronChain.OpenAsync(directory, options, clock, CancellationToken.None), clock, nodes);
        await chain.PassAsync(BlockTime * 2);
        return chain;
    }

    /// <summary>The client of the chain that relay and wallet use, speaking to all nodes.</summary>
    public TronChannelChain Connect(Secp256k1Key submitter, ProcessLife life)
    {
        var options = new TronNodeOptions
        {
            Endpoints = [.. Nodes.Select(static (_, i) => new TronEndpoint(new Uri($"http://full:{i + 1}"), new Uri($"http://solidity:{i + 1}")))],
            RequestsPerSecond = 1_000_000,
            Connect = address => new DirectNode(Nodes[address.Port - 1], address.Host == "solidity", life),
        };
        return new TronChannelChain(new TronNode(options, _clock), Domain, Token, submitter, new TronChannelOptions(), _clock);
    }

    /// <summary>Sends a call without asking first what would become of it.</summary>
    public async Task<bool> SendAsync(Secp256k1Key key, TronAddress contract, byte[] input)
    {
        var (reference, time) = await Chain.ReadAsync(static view => (view.BlockId(view.Number), view.Time), isSolidified: true, CancellationToken.None);
        var terms = new TransactionTerms(new BlockReference(reference), time.AddMilliseconds(++_sent), _clock.GetUtcNow().AddMinutes(1)) { FeeLimit = FeeLimit };
        var transaction = TronTransaction.Sign(new ContractCall(key.Address, contract, input), terms, key);
        return (await Chain.BroadcastAsync(Transaction.Parser.ParseFrom(transaction.Encoded.Span), CancellationToken.None)).Result;
    }

    /// <summary>Gives BTT and lets the contract take all there ever are.</summary>
    public async Task FundAsync(Secp256k1Key owner, TokenAmount amount)
    {
        await SendAsync(_faucet, Token, Trc20Calls.Transfer(owner.Address, amount));
        await SendAsync(owner, Token, Trc20Calls.Approve(Domain.Contract, TokenAmount.MaxValue));
    }

    public Task PassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Chain.CatchUpAsync(CancellationToken.None);
    }

    public Task PassBlocksAsync(int blocks) => PassAsync(BlockTime * blocks);

    public Task<ContractBooks> BooksAsync(bool isSolidified, IReadOnlyCollection<TronAddress> owners, IReadOnlyCollection<ChannelId> channels) =>
        Chain.ReadAsync(view => ContractBooks.Read(view.State, Domain.Contract, Token, owners, channels), isSolidified, CancellationToken.None);

    public void Dispose()
    {
        Chain.Dispose();
        _faucet.Dispose();
    }
}
