using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;

namespace BttProxy.Relay.Configuration;

/// <summary>What a network description must say to be the public network that the operator means.</summary>
internal static class NetworkFacts
{
    // The low four bytes of the genesis blocks' ids, as TRON's CHAINID gives them.
    private const ulong NileChainId = 3448148188;
    private const ulong MainnetChainId = 728126428;

    private static readonly TronAddress Btt = TronAddress.Parse("TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4");

    public static void Check(RelayOptions options, ConfigurationProblems problems, bool machine)
    {
        if (options.Network is { } meant && options.NetworkFile is null)
        {
            problems.Add(
                "networkFile", null, $"is missing: no settlement contract is known for {Name(meant)} unless a network description names it",
                $"Name the network.json that you were given (networkFile, or --network FILE), or deploy the contract and get one: bttproxy-relay deploy-contract --help");
        }

        if (options.Network == PublicNetwork.Mainnet && options.Settlement.TokensPerTrx is null)
        {
            problems.Add(
                "settlement.tokensPerTrx", null, "is missing, and on mainnet a claim may cost more than it brings",
                "Look up what a TRX is worth and write it, such as \"500000 BTT\"");
        }

        if (machine && options.NetworkFile is { } file && File.Exists(file))
        {
            CheckFile(file, options.Network, problems);
        }
    }

    private static void CheckFile(string file, PublicNetwork? meant, ConfigurationProblems problems)
    {
        NetworkDescription network;
        try
        {
            network = NetworkFile.Load(file);
        }
        catch (RelayConfigurationException e)
        {
            problems.Add("networkFile", file, e.Message.TrimEnd('.'), "Name a network.json as deploy-contract or a devnet writes it");
            return;
        }

        var chainId = meant switch
        {
            PublicNetwork.Nile => NileChainId,
            PublicNetwork.Mainnet => MainnetChainId,
            _ => network.ChainId,
        };
        if (network.ChainId != chainId)
        {
            problems.Add(
                "networkFile", file, $"'{file}' is of chain {network.ChainId}, but {Name(meant)} is chain {chainId}",
                "Name the network.json of that network, or change the option network", "network");
        }
        else if (meant is not null && network.AllowPrivateAddresses)
        {
            problems.Add(
                "networkFile", file, $"'{file}' allows private addresses, as only a devnet may", "Set allowPrivateAddresses to false there", "network");
        }
        else if (meant == PublicNetwork.Mainnet && network.Token != Btt)
        {
            problems.Add(
                "networkFile", file, $"'{file}' has the token {network.Token}, but BTT on mainnet is {Btt}", "Name a network.json whose token is BTT", "network");
        }
    }

    private static string Name(PublicNetwork? network) => network == PublicNetwork.Mainnet ? "mainnet" : "Nile";
}
