using System.CommandLine;
using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;

namespace BttProxy.Client.Commands;

/// <summary>Options that every command has; they may stand before or after the command word.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<string?> _network = new("--network")
    {
        Description = "Network description (network.json). Default: $BTTPROXY_NETWORK.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<string?> _home = new("--home")
    {
        Description = "Where wallet, ledger and caches live. Default: $BTTPROXY_HOME, $XDG_DATA_HOME/bttproxy or ~/.bttproxy.",
        HelpName = "DIR",
        Recursive = true,
    };

    private readonly Option<string?> _wallet = new("--wallet")
    {
        Description = "Wallet file (Web3 keystore v3). Default: the network's test wallet, else DIR/wallet.json in --home.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<string?> _passwordFile = new("--password-file")
    {
        Description = "File whose first line is the wallet password. Default: $BTTPROXY_PASSWORD, else you are asked.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print the result as JSON on standard output; everything else goes to standard error.",
        Recursive = true,
    };

    public void AddTo(Command command)
    {
        command.Add(_network);
        command.Add(_home);
        command.Add(_wallet);
        command.Add(_passwordFile);
        command.Add(_json);
    }

    public ClientSettings Read(ParseResult result, ClientTerminal terminal) => new(
        ClientSettings.FindHome(result.GetValue(_home), terminal),
        result.GetValue(_network) ?? ClientSettings.NonEmpty(terminal.Variable("BTTPROXY_NETWORK")),
        result.GetValue(_wallet),
        result.GetValue(_passwordFile),
        result.GetValue(_json));
}
