using System.Net;
using System.Security.Cryptography;
using BttProxy.Devnet.Chain;
using BttProxy.Devnet.Chain.Node;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Settlement;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BttProxy.FunctionalTests.Relay;

/// <summary>Transactions that open channels and come to nothing, on a chain where they live for two seconds.</summary>
public sealed class LostOpeningTests : IAsyncLifetime
{
    private static readonly TokenAmount Reserve = new(1_000_000);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bttproxy-opening-");
    private readonly Secp256k1Key _payer = Secp256k1Key.Generate();
    private readonly Secp256k1Key _relay = Secp256k1Key.Generate();
    private DevnetChain _devnet = null!;
    private TronChannelChain _chain = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ChainFaults Faults => _devnet.Host.Front.Chain.Faults;

    public async ValueTask InitializeAsync()
    {
        _devnet = await DevnetChain.StartAsync(
            _folder.FullName, new NodeOptions { BlockTime = TimeSpan.FromMilliseconds(100), Gift = DevnetChain.Gift },
            new IPEndPoint(IPAddress.Loopback, 0), TimeProvider.System, NullLoggerFactory.Instance, Token);
        _chain = new TronChannelChain(
            new TronNode(new TronNodeOptions { Endpoints = [_devnet.Host.Endpoint], RequestsPerSecond = 1000 }, TimeProvider.System),
            _devnet.Domain, _devnet.Token, _relay, new TronChannelOptions { Lifetime = TimeSpan.FromSeconds(2) }, TimeProvider.System);
        await _devnet.FaucetAsync(_payer.Address, Reserve, Token);
        await _chain.DepositAsync(_payer, Reserve, Token);
    }

    public async ValueTask DisposeAsync()
    {
        _chain.Dispose();
        await _devnet.DisposeAsync();
        _payer.Dispose();
        _relay.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task TransactionThatIsDropped_IsSentAgain()
    {
        Faults.TransactionsToDrop = 1;
        Assert.Single(await OpenAsync());
    }

    [Fact]
    public async Task TransactionThatExpires_IsFollowedByAnother()
    {
        Faults.TransactionsToDrop = int.MaxValue;
        Assert.Equal(2, (await OpenAsync()).Count);
    }

    [Fact]
    public async Task TransactionThatRunsOutOfEnergy_IsFollowedByAnother()
    {
        Faults.TransactionsToStarve = 1;
        Assert.Equal(2, (await OpenAsync()).Count);
    }

    /// <summary>Asks until the channel is open; the transactions that were to open it. Nothing is dropped after the first.</summary>
    private async Task<HashSet<Bytes32>> OpenAsync()
    {
        var terms = new ChannelTerms(
            _payer.Address, _payer.Address, _relay.Address, _relay.Address, _devnet.Token, 86_400, new Bytes32(RandomNumberGenerator.GetBytes(32)));
        var id = terms.Id(_devnet.Domain);
        var deadline = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600;
        var authorization = OpenAuthorization.Create(new OpenChannel(id, Reserve, 0, deadline), _devnet.Domain, _payer);
        using var openings = new ChannelOpenings(_chain, TimeProvider.System, NullLogger<ChannelOpenings>.Instance);

        var transactions = new HashSet<Bytes32>();
        while (await openings.AdvanceAsync(terms, authorization, id, () => Task.CompletedTask, Token) is { Pending: { } pending, Rejection: SessionRejection.Accepted })
        {
            if (transactions.Add(pending.TransactionId) && transactions.Count > 1)
            {
                Faults.TransactionsToDrop = 0;
            }

            await Task.Delay(200, Token);
        }

        Assert.Equal(Reserve, (await _chain.ChannelAsync(id, Token))!.Reserved);
        return transactions;
    }
}
