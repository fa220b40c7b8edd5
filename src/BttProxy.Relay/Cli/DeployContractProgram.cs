using System.Text.Json.Nodes;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Tron;
using BttProxy.Tron.Node;

namespace BttProxy.Relay.Cli;

/// <summary>Deploys the settlement contract, or compares one that is there, and says what <c>network.json</c> has to name.</summary>
internal sealed class DeployContractProgram(OperatorShell shell)
{
    /// <param name="options">Nodes, pace and keys of nodes.</param>
    /// <param name="network">The network, whose contract is not looked at.</param>
    /// <param name="arguments">What to do.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RelayConfigurationException">A key is missing or none.</exception>
    /// <exception cref="ChainException">The chain cannot be asked, or refuses.</exception>
    public async Task<RelayExitCode> RunAsync(
        RelayOptions options, NetworkDescription network, DeployContractArguments arguments, CancellationToken cancellationToken)
    {
        var limits = new TronChannelOptions { MaxFeeLimit = arguments.MaxFeeSun };
        using var node = new TronNode(ChainConnection.NodesOf(options.Chain, network), shell.Time);
        var deployment = new ContractDeployment(node, limits, shell.Time);
        if (arguments.Verify is { } contract)
        {
            return await VerifyAsync(deployment, network with { Contract = contract }, arguments, cancellationToken);
        }

        using var key = DeployerKey.Load(arguments.KeyFile) ?? throw new RelayConfigurationException(
            $"Who pays for the deployment? Name a file with the private key with --key-file FILE, or put the key into the variable {DeployerKey.Variable}.");
        var account = await node.AccountAsync(key.Address, cancellationToken);
        var prices = await node.PricesAsync(cancellationToken);
        var prepared = await deployment.PrepareAsync(key, cancellationToken);
        var transaction = prepared.Transaction!;
        var plan = new DeploymentReport(DeploymentReport.DryRun)
        {
            Deployer = key.Address.ToString(),
            Balance = account.Sun,
            Energy = prepared.Energy,
            FeeLimit = prepared.FeeLimit,
            BandwidthFee = transaction.Bandwidth * prices.Bandwidth,
        };
        if (arguments.DryRun)
        {
            await PrintAsync(plan, arguments);
            await shell.SayAsync("Nothing was sent.");
            return RelayExitCode.Success;
        }

        // An account that cannot pay burns what it has, for nothing. A devnet gives TRX to whoever sends a transaction.
        var resources = await node.ResourcesAsync(key.Address, cancellationToken);
        var needed = (Math.Max(0, prepared.Energy - resources.Energy) * prices.Energy) + plan.BandwidthFee.Value;
        if (account.Sun < needed && !network.AllowPrivateAddresses)
        {
            throw new ChainException(
                $"{key.Address} has {DeploymentReport.Trx(account.Sun)}, and the deployment burns {DeploymentReport.Trx(needed)}: send it some TRX first.", isTransient: false);
        }

        // Before it is sent: whoever interrupts this knows what to look for.
        var address = ContractCreation.AddressOf(transaction.Id, key.Address);
        await shell.SayAsync($"Sending transaction {transaction.Id}, for {plan.FeeLimit} sun at most. If this is interrupted, ask 'deploy-contract --verify {address}' before deploying again.");
        var outcome = await deployment.SendAsync(transaction, cancellationToken);
        if (outcome.Status != ExecutionStatus.Success)
        {
            throw new ChainException(
                $"The deployment failed on the chain ({outcome.Status}), and burnt {outcome.Fee} sun: transaction {outcome.Id} in block {outcome.Block}.", isTransient: false);
        }

        var deployed = network with { Contract = address, Chain = network.Chain with { StartBlock = outcome.Block } };
        var code = await deployment.CheckAsync(deployed.Domain, cancellationToken);
        await PrintAsync(
            plan with
            {
                State = code == DeployedCode.BttChannels ? DeploymentReport.Deployed : DeploymentReport.Different,
                Contract = address.ToString(),
                ContractHex = DeploymentReport.HexOf(address),
                Transaction = outcome.Id.ToString(),
                Block = (ulong)outcome.Block,
                Energy = outcome.Energy,
                Fee = outcome.Fee,
                Balance = null,
                BandwidthFee = null,
                Code = code,
                Network = JsonNode.Parse(deployed.ToJson()),
            },
            arguments);
        return Judge(code);
    }

    private async Task<RelayExitCode> VerifyAsync(
        ContractDeployment deployment, NetworkDescription network, DeployContractArguments arguments, CancellationToken cancellationToken)
    {
        var code = await deployment.CheckAsync(new ChannelDomain(network.ChainId, network.Contract), cancellationToken);
        await PrintAsync(
            new DeploymentReport(code == DeployedCode.BttChannels ? DeploymentReport.Verified : DeploymentReport.Different)
            {
                Contract = network.Contract.ToString(), ContractHex = DeploymentReport.HexOf(network.Contract), Code = code,
            },
            arguments);
        return Judge(code);
    }

    // The description goes to standard output by itself, so that '> network.json' keeps it.
    private async Task PrintAsync(DeploymentReport report, DeployContractArguments arguments)
    {
        if (arguments.Json)
        {
            await shell.PrintJsonAsync(report);
        }
        else if (report.Network is { } network)
        {
            await shell.SayAsync(report.ToText());
            await shell.PrintAsync(network.ToJsonString(Indented));
            await shell.SayAsync("This is the network.json for clients and relays. Add addresses of DHT nodes (dhtBootstrap) and nodes of other operators (chain.nodes) as you need.");
        }
        else
        {
            await shell.PrintAsync(report.ToText());
        }
    }

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static RelayExitCode Judge(DeployedCode code) => code == DeployedCode.BttChannels ? RelayExitCode.Success : RelayExitCode.OtherContract;
}

/// <param name="KeyFile">Whose key deploys; null: the environment's.</param>
/// <param name="MaxFeeSun">Most sun for energy.</param>
/// <param name="Verify">Compare this contract; null: deploy one.</param>
/// <param name="DryRun">Send nothing.</param>
/// <param name="Json">For programs.</param>
internal sealed record DeployContractArguments(string? KeyFile, long MaxFeeSun, TronAddress? Verify, bool DryRun, bool Json);
