using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using BttProxy.Tron.Node;

namespace BttProxy.Relay.Hosting;

/// <summary>Connects to the chain that the network names, by the nodes that the operator prefers.</summary>
internal static class ChainConnection
{
    private const long SunPerTrx = 1_000_000;
    private const int MaxKeyLength = 256;

    /// <exception cref="RelayConfigurationException">A key cannot be read, or the nodes do not fit each other.</exception>
    public static TronChannelChain Open(ChainOptions options, NetworkDescription network, Secp256k1Key submitter, TimeProvider time)
    {
        try
        {
            var costs = new TronChannelOptions { MaxFeeLimit = options.MaxFeeTrx * SunPerTrx };
            return new TronChannelChain(new TronNode(NodesOf(options, network), time), network.Domain, network.Token, submitter, costs, time);
        }
        catch (ArgumentException e)
        {
            throw new RelayConfigurationException($"Chain: {e.Message}", e);
        }
    }

    /// <summary>How the nodes are asked.</summary>
    /// <exception cref="RelayConfigurationException">A node's key cannot be read.</exception>
    public static TronNodeOptions NodesOf(ChainOptions options, NetworkDescription network) => new()
    {
        Endpoints = Endpoints(options, network),
        Agreement = options.Agreement,
        RequestsPerSecond = options.RequestsPerSecond,
        Timeout = options.Timeout,
    };

    /// <summary>Those that the operator prefers, else the network's.</summary>
    /// <exception cref="RelayConfigurationException">A key cannot be read.</exception>
    public static IReadOnlyList<TronEndpoint> Endpoints(ChainOptions options, NetworkDescription network) => options.Nodes.Count > 0
        ? [.. options.Nodes.Select(Endpoint)]
        : [.. network.Chain.Nodes.Select(static node => new TronEndpoint(node.FullNode, node.SolidityNode))];

    private static TronEndpoint Endpoint(ChainNodeOptions node) => new(new Uri(node.FullNode), new Uri(node.SolidityNode))
    {
        ApiKey = node.ApiKeyFile is { } file ? ReadKey(file) : null,
    };

    private static string ReadKey(string file)
    {
        try
        {
            var key = new FileInfo(file) is { Exists: true, Length: <= MaxKeyLength } ? File.ReadAllText(file).Trim() : "";
            return key.Length > 0 && key.All(static c => c is > ' ' and <= '~')
                ? key
                : throw new RelayConfigurationException($"Chain.Nodes: ApiKeyFile '{file}' must hold one line with the key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RelayConfigurationException($"Chain.Nodes: ApiKeyFile '{file}' cannot be read: {e.Message}", e);
        }
    }
}
