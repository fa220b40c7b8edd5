using System.Collections.Concurrent;
using System.Net;

namespace BttProxy.Relay.Routing;

/// <summary>
/// The worker cluster as configured. A worker is named by its address, so that every gateway, and the same one after a restart, finds the
/// same torrents on the same workers.
/// </summary>
internal sealed class WorkerAddresses
{
    private const string UnixHostSuffix = ".worker.invalid";

    private readonly Dictionary<string, string> _fixed = [];
    private readonly Dictionary<string, string> _socketPaths = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<(string Host, int Port), IPAddress[]> _found = new();

    /// <exception cref="ArgumentException">One of them is not an address.</exception>
    public WorkerAddresses(IEnumerable<string> addresses)
    {
        foreach (var text in addresses)
        {
            if (!WorkerAddress.TryParse(text, out var address))
            {
                throw new ArgumentException($"'{text}' is not a worker's address.", nameof(addresses));
            }

            if (address.SocketPath is { } path)
            {
                var host = $"unix-{_socketPaths.Count}{UnixHostSuffix}";
                _socketPaths.Add(host, path);
                _fixed.Add(text, $"http://{host}/");
            }
            else if (address.Url is { } url)
            {
                _fixed.Add(text, url.ToString());
            }
            else if (address.Name is { } name)
            {
                _found[name] = [];
            }
        }
    }

    /// <summary>The names that are to be looked up.</summary>
    public IReadOnlyCollection<(string Host, int Port)> Names => [.. _found.Keys];

    /// <summary>Destination id to the URL that YARP is given.</summary>
    public IReadOnlyDictionary<string, string> Destinations
    {
        get
        {
            var destinations = new Dictionary<string, string>(_fixed);
            foreach (var endPoint in _found.SelectMany(static entry => entry.Value.Select(address => new IPEndPoint(address, entry.Key.Port))))
            {
                destinations[$"http://{endPoint}"] = $"http://{endPoint}/";
            }

            return destinations;
        }
    }

    /// <summary>The Unix socket behind a host name, or null when the host is reached over TCP.</summary>
    public string? SocketPath(string host) => _socketPaths.GetValueOrDefault(host);

    /// <summary>Takes over what a name stands for now. No addresses change nothing: workers do not all go away at once, but name servers fail.</summary>
    /// <returns>True when that is news.</returns>
    public bool Found((string Host, int Port) name, IEnumerable<IPAddress> addresses)
    {
        IPAddress[] now = [.. addresses.Select(static a => a.IsIPv4MappedToIPv6 ? a.MapToIPv4() : a).Distinct().OrderBy(static a => a.ToString(), StringComparer.Ordinal)];
        if (now.Length == 0 || _found[name].SequenceEqual(now))
        {
            return false;
        }

        _found[name] = now;
        return true;
    }
}
