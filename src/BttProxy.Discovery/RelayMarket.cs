using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;

namespace BttProxy.Discovery;

/// <summary>Which marketplace is searched or joined. Records that settle elsewhere are refused.</summary>
/// <param name="Network">Name of the network; part of the rendezvous hash, so networks never meet.</param>
/// <param name="ChainId">Chain that the settlement contract lives on.</param>
/// <param name="Contract">Settlement contract.</param>
/// <param name="Token">Token that prices are in.</param>
public sealed record RelayMarket(string Network, ulong ChainId, TronAddress Contract, TronAddress Token)
{
    public static RelayMarket Of(NetworkDescription network) => new(network.Name, network.ChainId, network.Contract, network.Token);
}
