using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Nodes;
using BttProxy.Protocol.Money;
using BttProxy.Relay;
using BttProxy.Relay.Hosting;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>A relay that runs from files, which a test rewrites.</summary>
internal sealed class FileRelay : IAsyncDisposable
{
    private readonly string _file;
    private readonly string _policy;
    private readonly JsonObject _configuration;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _reloads = [];

    private FileRelay(string directory, JsonObject configuration, RelayHost host)
    {
        (_file, _policy, _configuration) = (Path.Combine(directory, "relay.json"), Path.Combine(directory, "policy.json"), configuration);
        Host = host;
        Listen();
    }

    public RelayHost Host { get; }

    public PricePerMegabyte Price => Host.Record.TryVerify(out var record, out _) ? record.Price : default;

    public static async Task<FileRelay> StartAsync(MarketWorld world, PricePerMegabyte price, CancellationToken cancellationToken)
    {
        var network = Path.Combine(world.Directory, "network.json");
        await File.WriteAllBytesAsync(network, world.Network.ToJson(), cancellationToken);
        var configuration = JsonSerializer.SerializeToNode(new
        {
            stateDirectory = Path.Combine(world.Directory, "relay"),
            networkFile = network,
            policyFile = Path.Combine(world.Directory, "policy.json"),
            tunnel = new { listen = "127.0.0.1:0" },
            dht = new { listen = "127.0.0.1:0" },
            admin = new { listen = "127.0.0.1:0" },
            worker = new { swarmListen = "127.0.0.1:0" },
            cache = new { minFreeBytes = 0 },
            credit = new { creditWait = "00:00:50" },
            offer = new { pricePerMegabyte = price.ToString(), minimumDeposit = "1000000000" },
        })!.AsObject();
        await File.WriteAllTextAsync(Path.Combine(world.Directory, "policy.json"), "{}", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(world.Directory, "relay.json"), configuration.ToJsonString(), cancellationToken);
        var host = RelayApplication.Build(["--config", Path.Combine(world.Directory, "relay.json")]);
        await host.StartAsync(cancellationToken);
        return new FileRelay(world.Directory, configuration, host);
    }

    /// <summary>Changes one option of a section.</summary>
    public void Write(string section, string option, JsonNode value)
    {
        _configuration[section]![option] = value;
        File.WriteAllText(_file, _configuration.ToJsonString());
    }

    public void WriteRaw(string text) => File.WriteAllText(_file, text);

    public void WritePolicy(string json) => File.WriteAllText(_policy, json);

    /// <summary>How often reading the configuration came to this since the relay runs.</summary>
    public long Reloads(string result) => _reloads.GetValueOrDefault(result);

    /// <summary>Runs each time that the files have been read, before the relay looks at them again.</summary>
    public Action WhenRead { get; set; } = static () => { };

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _listener.Dispose();
    }

    // Of this relay alone: at the admin port those of one process are one, and end with the first of them.
    private void Listen()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "bttproxy.relay.config.reloads" && instrument.Meter.Scope == Host.Meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, labels, _) =>
        {
            _reloads.AddOrUpdate((string)labels[0].Value!, count, (_, sum) => sum + count);
            WhenRead();
        });
        _listener.Start();
    }
}
