using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using BttProxy.FunctionalTests.Processes;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>A relay of which each role is a process of its own, started with the program's own options: gateway, two workers, dht, settler.</summary>
internal sealed class RelayProcesses : IAsyncDisposable
{
    public const string Gateway = "gateway";
    public const string Settler = "settler";
    public const string Dht = "dht";

    private const string Program = "bttproxy-relay";
    private static readonly string[] Workers = ["worker-1", "worker-2"];
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly MarketWorld _world;
    private readonly string _directory;
    private readonly ConcurrentDictionary<string, ChildProgram> _running = [];
    private readonly ConcurrentDictionary<string, Uri> _admin = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler());
    private readonly Dictionary<string, int> _ports;

    private RelayProcesses(MarketWorld world, string directory)
    {
        _world = world;
        _directory = directory;
        _ports = ((string[])[Gateway, "admin", .. Workers]).ToDictionary(static name => name, static _ => FreePort());
    }

    public static async Task<RelayProcesses> StartAsync(MarketWorld world, string name, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(world.Directory, name);
        Directory.CreateDirectory(directory);
        var processes = new RelayProcesses(world, directory);
        try
        {
            await File.WriteAllBytesAsync(processes.In("network.json"), world.Network.ToJson(), cancellationToken);
            foreach (var role in (string[])[.. Workers, Gateway, Settler, Dht])
            {
                await processes.StartAsync(role, cancellationToken);
            }

            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one that does not run, on the ports and the state that it had.</summary>
    public async Task StartAsync(string process, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(In(process + ".json"), JsonSerializer.Serialize(Configuration(process)), cancellationToken);
        var child = ChildProgram.Start(
            Program, "--config", In(process + ".json"), "--network", In("network.json"), "--state", In(process is Settler ? Gateway : process));
        _running[process] = child;
        var line = await child.LineAsync(process == Gateway ? "relay " : process.Split('-')[0], StartDeadline, cancellationToken);
        _admin[process] = new Uri(line[line.LastIndexOf("http://", StringComparison.Ordinal)..].Trim());
    }

    /// <summary>Ends it without a word.</summary>
    public async Task KillAsync(string process, CancellationToken cancellationToken)
    {
        _running.Remove(process, out var child);
        await using var killed = child!;
        await killed.SignalAsync("KILL", cancellationToken);
        await killed.ExitAsync(StartDeadline, cancellationToken);
    }

    /// <summary>Asks all that run to end, as a service manager does; the exit codes by process.</summary>
    public async Task<IReadOnlyDictionary<string, int>> StopAsync(CancellationToken cancellationToken)
    {
        var codes = new Dictionary<string, int>();
        foreach (var (process, child) in _running)
        {
            await child.SignalAsync("TERM", cancellationToken);
            codes[process] = await child.ExitAsync(StartDeadline, cancellationToken);
        }

        return codes;
    }

    /// <summary>The worker that has begun more responses.</summary>
    public async Task<string> BusiestWorkerAsync(CancellationToken cancellationToken)
    {
        var begun = new Dictionary<string, double>();
        foreach (var worker in Workers)
        {
            begun[worker] = Scrape.Parse(await AskAsync(worker, "metrics", cancellationToken)).Sum("bttproxy_relay_time_to_first_byte_seconds_count");
        }

        return begun.MaxBy(static entry => entry.Value).Key;
    }

    /// <summary>What the process's admin port answers, whatever the status.</summary>
    public async Task<string> AskAsync(string process, string path, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri(_admin[process], path), cancellationToken);
        return await answer.Content.ReadAsStringAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _running.Values)
        {
            await child.DisposeAsync();
        }

        _http.Dispose();
    }

    private object Configuration(string process)
    {
        var loopback = IPAddress.Loopback.ToString();
        return process switch
        {
            Gateway => new
            {
                preset = "devnet",
                roles = new[] { Gateway },
                tunnel = new { listen = $"{loopback}:{_ports[Gateway]}" },
                admin = new { listen = $"{loopback}:{_ports["admin"]}" },
                // The world's node is ours alone, and all users come at once.
                chain = new { requestsPerSecond = 500 },
                worker = new { addresses = Workers.Select(worker => $"http://{loopback}:{_ports[worker]}"), refresh = "1 s" },
            },
            Settler => new { preset = "devnet", roles = new[] { Settler } },
            Dht => new { preset = "devnet", roles = new[] { Dht }, dht = new { recordFrom = $"http://{loopback}:{_ports["admin"]}" } },
            _ => new { preset = "devnet", roles = new[] { "worker" }, worker = new { listen = $"http://{loopback}:{_ports[process]}" } },
        };
    }

    private string In(string path) => Path.Combine(_directory, path);

    // Free a moment ago; what is killed comes back on it.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
