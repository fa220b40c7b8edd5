using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;

namespace BttProxy.Relay.Configuration;

/// <summary>
/// TRON's public networks, by the nodes that TronGrid runs (developers.tron.network, "Networks"): what a contract's deployment begins with. A
/// network description that money depends on should name nodes of other operators too.
/// </summary>
internal static class PublicNetworks
{
    /// <summary>As they are named on the command line.</summary>
    public static readonly IReadOnlyList<string> Names = ["main", "nile"];

    /// <summary>The network without its contract, and without a token where BTT has none there.</summary>
    public static NetworkDescription Describe(string name) => name == "nile"
        ? new NetworkDescription
        {
            Name = "nile",
            ChainId = 3448148188,
            Contract = TronAddress.Zero,
            Token = TronAddress.Zero,
            DhtBootstrap = [],
            Chain = Chain("http://grpc.nile.trongrid.io:50051", "http://grpc.nile.trongrid.io:50061", "https://nile.trongrid.io/jsonrpc"),
        }
        : new NetworkDescription
        {
            Name = "main",
            ChainId = 728126428,
            Contract = TronAddress.Zero,
            Token = TronAddress.Parse("TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4"),
            DhtBootstrap = [],
            Chain = Chain("http://grpc.trongrid.io:50051", "http://grpc.trongrid.io:50052", "https://api.trongrid.io/jsonrpc"),
        };

    private static ChainDescription Chain(string fullNode, string solidityNode, string jsonRpc) =>
        new([new ChainNode(new Uri(fullNode), new Uri(solidityNode))]) { JsonRpc = [new Uri(jsonRpc)] };
}
