using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron.Contracts;
using BttProxy.UnitTests.Tron.Contracts.World;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>A chain, payers, relays and the wires between them, in a directory of their own.</summary>
internal sealed class HistoryWorld : IAsyncDisposable
{
    private static readonly TokenAmount Funds = new(200_000_000);
    private static readonly DateTimeOffset Beginning = new(2026, 11, 27, 0, 0, 0, TimeSpan.Zero);

    private readonly string _directory;

    private HistoryWorld(string directory, HistoryClock clock, HistoryChain chain) => (_directory, Clock, Chain) = (directory, clock, chain);

    public HistoryClock Clock { get; }

    public HistoryChain Chain { get; }

    public TrafficLog Log { get; } = new();

    public WireFaults Faults { get; } = new();

    public ImmutableArray<IPayer> Payers { get; private set; } = [];

    public ImmutableArray<HistoryRelay> Relays { get; private set; } = [];

    public Witness Witness { get; private set; } = null!;

    public static async Task<HistoryWorld> CreateAsync(History history)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Root, $"bttproxy-history-{Guid.NewGuid():N}")).FullName;
        var clock = new HistoryClock(Beginning);
        var world = new HistoryWorld(directory, clock, await HistoryChain.CreateAsync(Path.Combine(directory, "chain"), clock, history.Nodes));
        await world.PopulateAsync(history);
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var payer in Payers)
        {
            await payer.DisposeAsync();
        }

        foreach (var relay in Relays)
        {
            await relay.DisposeAsync();
        }

        Chain.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>In memory where there is such a place: durability costs nothing there, and nothing is gained by it here.</summary>
    private static string Root => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private async Task PopulateAsync(History history)
    {
        var relays = ImmutableArray.CreateBuilder<HistoryRelay>();
        for (var i = 0; i < History.Relays; i++)
        {
            var relay = new HistoryRelay(Chain, Clock, Path.Combine(_directory, $"relay-{i}"), i, history.IsRelayHonest(i), Log);
            await relay.StartAsync();
            relays.Add(relay);
        }

        Relays = relays.ToImmutable();
        for (var i = 0; i < History.Payers; i++)
        {
            var key = Secp256k1Key.FromBytes(Keccak256.Hash([(byte)'p', (byte)i]).Span);
            Payers = Payers.Add(history.IsPayerHonest(i) ? await StartHonestAsync(key, i) : new HostilePayer(Chain, Clock, key, Log, Faults));
            await Chain.FundAsync(key, Funds);
        }

        await Chain.PassBlocksAsync(1);
        foreach (var payer in Payers)
        {
            await Chain.SendAsync(
                payer.Key, Chain.Domain.Contract, BttChannelsCalls.Deposit(Chain.Token, new TokenAmount(Funds.Units / 2)));
        }

        await Chain.PassBlocksAsync(HistoryChain.BlocksToSolidify + 2);
        TronAddress[] owners =
            [.. Payers.Select(static payer => payer.Key.Address), .. Relays.Select(static relay => relay.Payee), ChannelsWorld.Stranger.Address, Chain.Faucet];
        Witness = new Witness(Chain, Log, owners, Payers.ToImmutableDictionary(static payer => payer.Key.Address, static _ => Funds.Units));
    }

    private async Task<IPayer> StartHonestAsync(Secp256k1Key key, int number)
    {
        var payer = new HonestPayer(Chain, Clock, Path.Combine(_directory, $"payer-{number}"), key, Log, Faults);
        await payer.StartAsync();
        return payer;
    }
}
