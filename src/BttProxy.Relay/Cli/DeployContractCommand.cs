using System.CommandLine;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Cli;

internal static class DeployContractCommand
{
    private const long SunPerTrx = 1_000_000;

    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var on = new Option<string?>("--on") { Description = "A public network: main or nile. Default: the one that --network describes, without its contract.", HelpName = "NAME" };
        on.AcceptOnlyFromAmong([.. PublicNetworks.Names]);
        var token = Address("--token", "The TRC-20 token that vouchers will be in. Default: the network's; BTT on the main one.");
        var key = new Option<string?>("--key-file")
        {
            Description = $"File with the private key of the account that pays: 32 bytes or 64 hexadecimal digits. Default: the variable {DeployerKey.Variable}.", HelpName = "FILE",
        };
        var most = new Option<long>("--max-fee") { Description = "Most TRX that may be burnt for energy.", HelpName = "TRX", DefaultValueFactory = _ => 1000 };
        most.Validators.Add(static result =>
        {
            if (result.Tokens is [var given] && (!long.TryParse(given.Value, out var trx) || trx is < 1 or > 15_000))
            {
                result.AddError("--max-fee takes a number of TRX from 1 to 15000, which is the chain's own limit.");
            }
        });
        var verify = Address("--verify", "Deploy nothing: compare the contract at this address with the one this program has.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what it would cost. Nothing is sent." };
        var json = OperatorShell.JsonOption();
        var command = new Command("deploy-contract", "Deploy the settlement contract on TRON, once for a network, and print the network.json that names it.")
        {
            on, token, key, most, verify, dryRun, json,
        };
        command.SetAction((parsed, cancellationToken) => shell.RunAloneAsync(
            parsed,
            async (options, stop) =>
            {
                var network = Network(options, parsed.GetValue(on));
                network = network with { Token = parsed.GetValue(token) ?? network.Token };
                var arguments = new DeployContractArguments(
                    parsed.GetValue(key), parsed.GetValue(most) * SunPerTrx, parsed.GetValue(verify), parsed.GetValue(dryRun), parsed.GetValue(json));
                return arguments.Verify is null && network.Token == TronAddress.Zero
                    ? throw new RelayConfigurationException("Which token will vouchers be in? BTT has no contract of its own there: name one with --token T....")
                    : await new DeployContractProgram(shell).RunAsync(options, network, arguments, stop);
            },
            cancellationToken));
        examples[command] =
        [
            "bttproxy-relay deploy-contract --on nile --token TXYZ... --key-file deployer-key --dry-run",
            "bttproxy-relay deploy-contract --on nile --token TXYZ... --key-file deployer-key > network.json",
            "bttproxy-relay deploy-contract --on main --verify TUqE...",
            "bttproxy-relay deploy-contract --network devnet/network.json --key-file deployer-key --json",
        ];
        return command;
    }

    private static NetworkDescription Network(RelayOptions options, string? name) =>
        name is null ? NetworkFile.Load(options.NetworkFile)
        : options.NetworkFile is null ? PublicNetworks.Describe(name)
        : throw new RelayConfigurationException("Give --on or --network, not both.");

    private static Option<TronAddress?> Address(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS",
        CustomParser = result =>
        {
            if (TronAddress.TryParse(result.Tokens[0].Value, out var address))
            {
                return address;
            }

            result.AddError($"{name} must be a TRON address (34 characters beginning with T), not '{result.Tokens[0].Value}'.");
            return null;
        },
    };
}
