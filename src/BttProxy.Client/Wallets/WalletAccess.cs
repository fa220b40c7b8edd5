using BttProxy.Client.Settings;
using BttProxy.Client.Terminal;

namespace BttProxy.Client.Wallets;

/// <summary>Finds the wallet that a command should use, and its password.</summary>
internal static class WalletAccess
{
    private const int MaximumPasswordBytes = 4096;

    /// <summary>The file named by --wallet, else the network's test wallet, else the one in the home directory.</summary>
    public static string PathOf(ClientSettings settings, NetworkFile? network) =>
        settings.WalletPath ?? network?.TestWalletPath ?? settings.DefaultWalletPath;

    public static async Task<Wallet> OpenAsync(
        ClientSettings settings, NetworkFile? network, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        var path = PathOf(settings, network);
        if (settings.WalletPath is null && settings.PasswordPath is null && network?.TestPasswordPath is { } testPasswordPath)
        {
            return await WalletFile.OpenAsync(path, await ReadPasswordFileAsync(testPasswordPath, cancellationToken), cancellationToken);
        }

        if (!File.Exists(path))
        {
            throw new ClientException(ExitCode.Wallet, $"There is no wallet at {path}. Make one with 'bttproxy wallet new'.");
        }

        var password = await KnownPasswordAsync(settings, terminal, cancellationToken)
            ?? terminal.ReadSecret($"Password of {path}")
            ?? throw NoKeyboard();
        return await WalletFile.OpenAsync(path, password, cancellationToken);
    }

    /// <summary>The password for a wallet about to be made: given, or asked for twice.</summary>
    public static async Task<string> NewPasswordAsync(ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        var password = await KnownPasswordAsync(settings, terminal, cancellationToken);
        if (password is null)
        {
            password = terminal.ReadSecret("New wallet password") ?? throw NoKeyboard();
            if (password != terminal.ReadSecret("Again"))
            {
                throw new ClientException(ExitCode.Wallet, "The two passwords differ. Nothing was written; try again.");
            }
        }

        return password.Length > 0
            ? password
            : throw new ClientException(ExitCode.Wallet, "The password is empty. A wallet holds money; choose a password.");
    }

    /// <summary>The password of a keystore from elsewhere: of its own file, else the wallet's, else asked for.</summary>
    public static async Task<string> KeystorePasswordAsync(
        string? passwordPath, ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken) =>
        (passwordPath is null
            ? await KnownPasswordAsync(settings, terminal, cancellationToken)
            : await ReadPasswordFileAsync(passwordPath, cancellationToken))
        ?? terminal.ReadSecret("Password of the imported keystore")
        ?? throw NoKeyboard();

    private static async Task<string?> KnownPasswordAsync(ClientSettings settings, ClientTerminal terminal, CancellationToken cancellationToken) =>
        settings.PasswordPath is { } path
            ? await ReadPasswordFileAsync(path, cancellationToken)
            : terminal.Variable("BTTPROXY_PASSWORD");

    private static async Task<string> ReadPasswordFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path).Length > MaximumPasswordBytes)
            {
                throw new ClientException(ExitCode.Wallet, $"The password file {path} is larger than {MaximumPasswordBytes} bytes. Its first line should be the password.");
            }

            var text = await File.ReadAllTextAsync(path, cancellationToken);
            return text.Split('\n', 2)[0].TrimEnd('\r');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ExitCode.Wallet, $"The password file cannot be read: {failure.Message}", failure);
        }
    }

    private static ClientException NoKeyboard() =>
        new(ExitCode.Wallet, "A wallet password is needed and there is no terminal to ask at. Use --password-file or BTTPROXY_PASSWORD.");
}
