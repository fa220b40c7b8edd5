using System.Net;
using System.Security.Cryptography;
using BttProxy.Devnet.Chain;
using BttProxy.Devnet.Chain.Node;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.FunctionalTests.Relay.Settlement.Sweep;

/// <summary>A chain with a payer who has money in the contract, and what a relay would hold of channels from it.</summary>
internal sealed class SettlementWorld : IAsyncDisposable
{
    private const ulong Day = 24 * 3600;
    private static readonly TokenAmount Reserve = new(1_000);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bttproxy-settlement-");
    private readonly Secp256k1Key _payer = Secp256k1Key.Generate();
    private readonly Secp256k1Key _signer = Secp256k1Key.Generate();
    private readonly Secp256k1Key _stranger = Secp256k1Key.Generate();
    private readonly DevnetChain _devnet;
    private readonly TronNode _node;
    private readonly BttChannelsEvents _events;

    private SettlementWorld(DirectoryInfo directory, DevnetChain devnet)
    {
        (_directory, _devnet) = (directory, devnet);
        Network = new NetworkDescription
        {
            Name = "settlement",
            ChainId = devnet.Domain.ChainId,
            Contract = devnet.Domain.Contract,
            Token = devnet.Token,
            DhtBootstrap = [],
            AllowPrivateAddresses = true,
            Chain = devnet.Description,
        };
        _node = new TronNode(new TronNodeOptions { Endpoints = [devnet.Host.Endpoint], RequestsPerSecond = 1000 }, TimeProvider.System);
        Chain = new TronChannelChain(_node, Network.Domain, Network.Token, _stranger, new TronChannelOptions(), TimeProvider.System);
        _events = new BttChannelsEvents(Network.Contract);
    }

    public NetworkDescription Network { get; }

    /// <summary>As a stranger sees it, who may claim for anybody.</summary>
    public TronChannelChain Chain { get; }

    public TronChain Node => _devnet.Host.Front.Chain;

    public Secp256k1Key Relay { get; } = Secp256k1Key.Generate();

    /// <param name="blockTime">Zero: every transaction is final at once. Else four more blocks make one final.</param>
    /// <param name="gift">Sun for whoever sends something and has none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<SettlementWorld> StartAsync(TimeSpan blockTime, long gift, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("bttproxy-settlement-");
        var options = new NodeOptions { BlockTime = blockTime, BlocksToSolidify = 4, Gift = gift };
        var world = new SettlementWorld(directory, await DevnetChain.StartAsync(
            Path.Combine(directory.FullName, "chain"), options, new IPEndPoint(IPAddress.Loopback, 0), TimeProvider.System,
            NullLoggerFactory.Instance, cancellationToken));
        var funds = new TokenAmount(1_000_000_000);
        await world._devnet.FaucetAsync(world._payer.Address, funds, cancellationToken);
        await world.Chain.DepositAsync(world._payer, funds, cancellationToken);
        return world;
    }

    public string NewDirectory() => _directory.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;

    /// <summary>Opens a channel of a thousand units, and signs a voucher on it.</summary>
    public async Task<ClaimRow> OpenAsync(TronAddress payee, TokenAmount amount, CancellationToken cancellationToken)
    {
        var salt = new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length));
        var terms = new ChannelTerms(_payer.Address, _signer.Address, payee, Relay.Address, Network.Token, Day, salt);
        var id = terms.Id(Network.Domain);
        var open = new OpenChannel(id, Reserve, 0, (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        var opening = await Chain.PrepareOpenAsync(terms, open, _payer.Sign(open.Digest(Network.Domain)), cancellationToken);
        await Chain.AcceptAsync(opening, cancellationToken);
        return Sign(terms, amount);
    }

    public ClaimRow Sign(ChannelTerms terms, TokenAmount amount)
    {
        var voucher = new Voucher(terms.Id(Network.Domain), 0, amount);
        return new ClaimRow(terms, new SignedVoucher(voucher, _signer.Sign(voucher.Digest(Network.Domain))));
    }

    public async Task RequestWithdrawAsync(ChannelTerms terms, CancellationToken cancellationToken) =>
        await Chain.AcceptAsync(await Chain.PrepareRequestWithdrawAsync(_payer, terms, cancellationToken), cancellationToken);

    /// <summary>Ends the epoch at this amount, with the signatures of both sides.</summary>
    public async Task CloseAsync(ChannelTerms terms, TokenAmount final, CancellationToken cancellationToken)
    {
        var close = new CooperativeClose(terms.Id(Network.Domain), 0, final, (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        var digest = close.Digest(Network.Domain);
        await Chain.AcceptAsync(
            await Chain.PrepareCooperativeCloseAsync(terms, close, _signer.Sign(digest), Relay.Sign(digest), cancellationToken), cancellationToken);
    }

    /// <summary>A stranger claims; nobody waits for the block.</summary>
    public async Task ClaimAsStrangerAsync(ClaimRow row, CancellationToken cancellationToken) =>
        await Chain.SubmitAsync((await Chain.PrepareClaimAsync([row], cancellationToken)).Transaction, cancellationToken);

    /// <summary>What the relay knows before it claims.</summary>
    public async Task SaveAsync(RelayLedger ledger, IEnumerable<ClaimRow> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows)
        {
            var id = row.Voucher.Voucher.ChannelId;
            var now = (await Chain.ChannelAsync(id, cancellationToken))!;
            await ledger.SaveChannelAsync(id, row.Terms, new OnChainState(now.Epoch, now.Reserved, now.Claimed, now.WithdrawAt), cancellationToken);
            await ledger.AcceptVoucherAsync(row.Voucher, null, cancellationToken);
        }
    }

    public async Task<long> SolidBlockAsync(CancellationToken cancellationToken) => (await _node.SolidifiedAsync(cancellationToken)).Number;

    /// <summary>The rows of claims that paid something, by the contract's final events since a block.</summary>
    public async Task<List<ClaimRowResult>> PaymentsSinceAsync(long firstBlock, CancellationToken cancellationToken)
    {
        var rows = new List<ClaimRowResult>();
        var last = await SolidBlockAsync(cancellationToken);
        for (var block = firstBlock; block <= last; block++)
        {
            foreach (var outcome in await _node.OutcomesAsync(block, cancellationToken))
            {
                rows.AddRange(_events.RowsOf(outcome.Logs));
            }
        }

        return rows.FindAll(static row => row.Paid > TokenAmount.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        Chain.Dispose();
        await _devnet.DisposeAsync();
        foreach (var key in new[] { _payer, _signer, Relay, _stranger })
        {
            key.Dispose();
        }

        _directory.Delete(recursive: true);
    }
}
