using System.Net;
using System.Text.Json;
using BttProxy.FunctionalTests.Processes;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Relays;
using BttProxy.Relay.Backup;
using BttProxy.Relay.Configuration;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>A relay's program with a backup, its customer, and what can happen to its machine.</summary>
internal sealed class BackupTrial : IAsyncDisposable
{
    public const string PayeeKey = "payee-key";

    private const string Program = "bttproxy-relay";
    private const int Step = 100_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TokenAmount Reserve = new(100_000_000_000);

    private readonly MarketWorld _world;
    private readonly bool _inDht;
    private ChildProgram? _relay;
    private RelayCustomer? _customer;

    public BackupTrial(MarketWorld world, bool inDht)
    {
        _world = world;
        _inDht = inDht;
        State = Path.Combine(world.Directory, "relay");
        BackupDirectory = Directory.CreateDirectory(Path.Combine(world.Directory, "another machine")).FullName;
        File.WriteAllBytes(NetworkFile, world.Network.ToJson());
        File.WriteAllText(ConfigFile, JsonSerializer.Serialize(new
        {
            tunnel = new { listen = "127.0.0.1:0" },
            offer = new { pricePerMegabyte = "1000003", minimumDeposit = "1000000000" },
            worker = new { swarmListen = "127.0.0.1:0" },
            cache = new { minFreeBytes = 0 },
            dht = new { listen = "127.0.0.1:0" },
            backup = new { dht = inDht, directory = inDht ? null : BackupDirectory, minValue = "0", interval = "00:00:01" },
            admin = new { listen = "127.0.0.1:0" },
        }));
    }

    /// <summary>The state directory; another one is another machine.</summary>
    public string State { get; set; }

    public string BackupDirectory { get; }

    public TokenAmount Owed { get; private set; }

    public RelayCustomer Customer => _customer!;

    private string NetworkFile => Path.Combine(_world.Directory, "network.json");

    private string ConfigFile => Path.Combine(_world.Directory, "relay.json");

    /// <summary>Starts the relay, sells some content, waits until the backup has the last voucher, and kills the relay.</summary>
    public async Task SellAndDieAsync(CancellationToken cancellationToken)
    {
        _relay = ChildProgram.Start(Program, "--config", ConfigFile, "--network", NetworkFile, "--state", State);
        var record = await RecordAsync(_relay, cancellationToken);
        _customer = _customer?.At(record) ?? await RelayCustomer.CreateAsync(_world, record, Reserve, cancellationToken);
        await Customer.OpenAsync(Reserve, cancellationToken);
        await Customer.ReadAsync(_world.InfoHash, 0, Step, payEvery: 0, cancellationToken);
        var voucher = Customer.VoucherFor(Customer.Received);
        var answer = await Customer.PayAsync(voucher, cancellationToken);
        if (answer.Code != VoucherRejection.Accepted)
        {
            throw new InvalidOperationException($"An honest voucher was refused: {answer.Code}.");
        }

        Owed = voucher.Voucher.Cumulative;
        await WaitForBackupAsync(cancellationToken);
        await _relay.SignalAsync("KILL", cancellationToken);
        await _relay.ExitAsync(Deadline, cancellationToken);
    }

    /// <summary>What the backup has for the customer's channel; zero for nothing.</summary>
    public async Task<TokenAmount> BackedUpAsync(CancellationToken cancellationToken)
    {
        using var authorizer = Secp256k1Key.FromBytes(await File.ReadAllBytesAsync(Path.Combine(State, PayeeKey), cancellationToken));
        using var keys = BackupKeys.Derive(authorizer, _world.Network.Domain);
        var reader = new BackupReader(_world.Network, new DhtRoleOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) }, keys, TimeProvider.System);
        var sources = await reader.ReadAsync(_inDht, _inDht ? [] : [BackupDirectory], cancellationToken);
        return sources.SelectMany(source => source.Entries).Where(entry => entry.Id == Customer.ChannelId)
            .Select(entry => entry.Voucher.Voucher.Cumulative).DefaultIfEmpty().Max();
    }

    /// <summary>The state directory with nothing but the key that was kept elsewhere.</summary>
    public async Task MoveToNewMachineAsync(string name, CancellationToken cancellationToken)
    {
        var key = await File.ReadAllBytesAsync(Path.Combine(State, PayeeKey), cancellationToken);
        Directory.Delete(State, recursive: true);
        State = Directory.CreateDirectory(Path.Combine(_world.Directory, name)).FullName;
        await File.WriteAllBytesAsync(Path.Combine(State, PayeeKey), key, cancellationToken);
    }

    /// <summary>Runs <c>restore</c>.</summary>
    public async Task<(int Exit, string Output, string Error)> RestoreAsync(CancellationToken cancellationToken, params string[] words)
    {
        string[] from = _inDht ? ["--from-dht"] : ["--from", BackupDirectory];
        await using var program = ChildProgram.Start(
            Program, ["restore", "--config", ConfigFile, "--network", NetworkFile, "--state", State, .. from, .. words]);
        var exit = await program.ExitAsync(Deadline, cancellationToken);
        return (exit, program.Output, program.Error);
    }

    /// <summary>The configuration for a relay in the test's process.</summary>
    public RelayOptions Options()
    {
        var options = RelayConfigurationFile.Load(ConfigFile);
        options.StateDirectory = State;
        return options;
    }

    public async ValueTask DisposeAsync()
    {
        _customer?.Dispose();
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }
    }

    private async Task WaitForBackupAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        while (await BackedUpAsync(limit.Token) != Owed)
        {
            await Task.Delay(200, limit.Token);
        }
    }

    private static async Task<SignedRelayRecord> RecordAsync(ChildProgram relay, CancellationToken cancellationToken)
    {
        var line = await relay.LineAsync("relay ", Deadline, cancellationToken);
        var admin = line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim();
        using var http = new HttpClient(new SocketsHttpHandler());
        var bytes = await http.GetByteArrayAsync(new Uri(admin + "/record"), cancellationToken);
        return SignedRelayRecord.TryDecode(bytes, out var record) ? record : throw new InvalidOperationException("The relay's record cannot be read.");
    }
}
