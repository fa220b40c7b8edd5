using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Commands;

/// <summary><c>bttproxy wallet new | import | export</c>: the key itself. No network is needed.</summary>
internal static class WalletKeyCommands
{
    public static Command BuildNew(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var create = new Command("new", "Make a wallet file. An existing one is never overwritten.");
        create.SetAction((result, cancellationToken) => CreateAsync(global.Read(result, terminal), terminal, cancellationToken));
        examples[create] = ["bttproxy wallet new", "bttproxy wallet new --wallet spare.json --password-file password.txt"];
        return create;
    }

    public static Command BuildImport(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var source = new Argument<string?>("FILE")
        {
            Description = "64 hexadecimal digits, or a Web3 keystore; '-' or nothing for the keyboard or standard input. Never the key itself.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var keystorePassword = new Option<string?>("--keystore-password-file")
        {
            Description = "File whose first line is the password of the keystore read. Default: the new wallet's password.",
            HelpName = "FILE",
        };
        var import = new Command("import", "Make a wallet file of a private key from another program. An existing file is never overwritten.")
        {
            source, keystorePassword,
        };
        import.SetAction((result, cancellationToken) => ImportAsync(
            global.Read(result, terminal), terminal, result.GetValue(source), result.GetValue(keystorePassword), cancellationToken));
        examples[import] =
        [
            "bttproxy wallet import key.txt",
            "bttproxy wallet import --password-file new-password.txt < key.txt",
            "bttproxy wallet import UTC--2026-11-27--keystore.json --keystore-password-file old-password.txt",
        ];
        return import;
    }

    public static Command BuildExport(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var output = new Option<string?>("--output", "-o") { Description = "New file, readable by you alone. Default: standard output.", HelpName = "FILE" };
        var keystore = new Option<bool>("--keystore") { Description = "The encrypted keystore, with the wallet's password, instead of the bare key." };
        var yes = new Option<bool>("--yes") { Description = "Print the bare key even on a terminal." };
        var export = new Command("export", "Give out the private key. Whoever has it has the money.") { output, keystore, yes };
        export.SetAction((result, cancellationToken) => ExportAsync(
            global.Read(result, terminal), terminal, result.GetValue(output), result.GetValue(keystore), result.GetValue(yes), cancellationToken));
        examples[export] =
        [
            "bttproxy wallet export -o key.txt", "bttproxy wallet export --keystore -o backup.json", "bttproxy wallet export --yes",
        ];
        return export;
    }

    private static async Task<int> CreateAsync(ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        var path = settings.WalletPath ?? settings.DefaultWalletPath;
        WalletFile.RefuseExisting(path);
        var password = await WalletAccess.NewPasswordAsync(settings, terminal, cancellationToken);
        using var wallet = new Wallet(Secp256k1Key.Generate());
        await WalletFile.CreateAsync(path, wallet, password, cancellationToken);
        return await PrintAsync(wallet, path, settings, terminal);
    }

    private static async Task<int> ImportAsync(
        ClientSettings settings, ClientTerminal terminal, string? source, string? keystorePassword, CancellationToken cancellationToken)
    {
        var path = settings.WalletPath ?? settings.DefaultWalletPath;
        WalletFile.RefuseExisting(path);
        using var wallet = await KeyImport.ReadAsync(
            source,
            terminal,
            () => WalletAccess.KeystorePasswordAsync(keystorePassword, settings, terminal, cancellationToken),
            cancellationToken);
        var password = await WalletAccess.NewPasswordAsync(settings, terminal, cancellationToken);
        await WalletFile.CreateAsync(path, wallet, password, cancellationToken);
        return await PrintAsync(wallet, path, settings, terminal);
    }

    private static async Task<int> ExportAsync(
        ClientSettings settings, ClientTerminal terminal, string? output, bool keystore, bool yes, CancellationToken cancellationToken)
    {
        if (output is null && !keystore && !yes && terminal.Live is not null)
        {
            throw new ClientException(
                ExitCode.Usage, "The private key is not shown on a terminal unless you say --yes; -o FILE writes it to a file of your own.");
        }

        if (output is not null)
        {
            PrivateFile.RefuseExisting(output);
        }

        var network = settings.NetworkPath is null ? null : await NetworkFile.ReadAsync(settings, cancellationToken);
        // Opened in both cases: whoever does not know the password gets nothing.
        using var wallet = await WalletAccess.OpenAsync(settings, network, terminal, cancellationToken);
        var content = keystore
            ? await WalletFile.ReadAsync(WalletAccess.PathOf(settings, network), cancellationToken)
            : Digits(wallet);
        try
        {
            await GiveAsync(wallet, content, keystore, output, settings.Json, terminal, cancellationToken);
            return (int)ExitCode.Success;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static byte[] Digits(Wallet wallet)
    {
        var key = wallet.Key.Export();
        var digits = new byte[(2 * key.Length) + 1];
        Convert.TryToHexStringLower(key, digits, out var length);
        digits[length] = (byte)'\n';
        CryptographicOperations.ZeroMemory(key);
        return digits;
    }

    private static async Task GiveAsync(
        Wallet wallet, byte[] content, bool keystore, string? output, bool asJson, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        var address = wallet.Address.ToString();
        if (output is not null)
        {
            await PrivateFile.CreateAsync(output, content, cancellationToken);
            await (asJson
                ? terminal.Output.WriteLineAsync(JsonLine.Of(new { Address = address, File = output }))
                : terminal.Error.WriteLineAsync($"Written to {output}, readable by you alone. Keep it where nobody else looks."));
        }
        else if (asJson)
        {
            var text = Encoding.UTF8.GetString(content).TrimEnd();
            await terminal.Output.WriteLineAsync(keystore
                ? JsonLine.Of(new { Address = address, Keystore = JsonNode.Parse(text) })
                : JsonLine.Of(new { Address = address, PrivateKey = text }));
        }
        else
        {
            await using var stream = terminal.OpenBinaryOutput();
            await stream.WriteAsync(content, cancellationToken);
        }
    }

    private static async Task<int> PrintAsync(Wallet wallet, string path, ClientSettings settings, ClientTerminal terminal)
    {
        await new WalletReport(wallet.Address.ToString(), path).PrintAsync(settings.Json, terminal);
        return (int)ExitCode.Success;
    }
}
