namespace BttProxy.Relay.Routing;

/// <summary>The worker cluster: name to address, where an address is <c>unix:/path/to/socket</c> or an <c>http://host:port</c> URL.</summary>
internal sealed class WorkerAddresses
{
    private const string UnixScheme = "unix:";
    private const string UnixHostSuffix = ".worker.invalid";

    private readonly Dictionary<string, string> _socketPaths = new(StringComparer.OrdinalIgnoreCase);

    public WorkerAddresses(IEnumerable<string> addresses)
    {
        var destinations = new Dictionary<string, string>();
        foreach (var address in addresses)
        {
            var name = $"worker-{destinations.Count}";
            if (address.StartsWith(UnixScheme, StringComparison.Ordinal))
            {
                _socketPaths.Add(name + UnixHostSuffix, address[UnixScheme.Length..]);
                destinations.Add(name, $"http://{name}{UnixHostSuffix}/");
            }
            else
            {
                destinations.Add(name, address);
            }
        }

        Destinations = destinations;
    }

    /// <summary>Destination id to the URL that YARP is given.</summary>
    public IReadOnlyDictionary<string, string> Destinations { get; }

    /// <summary>The Unix socket behind a host name, or null when the host is reached over TCP.</summary>
    public string? SocketPath(string host) => _socketPaths.GetValueOrDefault(host);
}
