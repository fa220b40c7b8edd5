using System.Security.Cryptography;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Wallets;

/// <summary>A keystore on disk: created once with mode 0600, never overwritten.</summary>
public static class WalletFile
{
    /// <summary>A version 3 keystore has about 500 bytes.</summary>
    private const int MaximumFileBytes = 64 * 1024;

    /// <exception cref="ClientException">The file exists: asked before the user types a password.</exception>
    public static void RefuseExisting(string path)
    {
        if (File.Exists(path))
        {
            throw new ClientException(ExitCode.Wallet, $"A wallet exists already: {path}. It is never overwritten; name another file with --wallet.");
        }
    }

    /// <exception cref="ClientException">The file exists, or cannot be written.</exception>
    public static async Task CreateAsync(string path, Wallet wallet, string password, CancellationToken cancellationToken)
    {
        var privateKey = wallet.Key.Export();
        var json = Keystore.Encrypt(privateKey, wallet.Address, password);
        CryptographicOperations.ZeroMemory(privateKey);
        RefuseExisting(path);
        await PrivateFile.CreateAsync(path, json, cancellationToken);
    }

    /// <exception cref="ClientException">There is no such file, it is damaged, or the password is wrong.</exception>
    public static async Task<Wallet> OpenAsync(string path, string password, CancellationToken cancellationToken)
    {
        var key = Keystore.Decrypt(await ReadAsync(path, cancellationToken), password);
        try
        {
            return new Wallet(Secp256k1Key.FromBytes(key));
        }
        catch (ArgumentException failure)
        {
            throw new ClientException(ExitCode.Wallet, $"The wallet {path} holds no valid private key. Restore it from a copy.", failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The file as it is, still encrypted.</summary>
    internal static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path).Length > MaximumFileBytes)
            {
                throw new ClientException(ExitCode.Wallet, $"{path} is too large for a wallet file. Name the right one with --wallet.");
            }

            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ClientException(ExitCode.Wallet, $"There is no wallet at {path}. Make one with 'bttproxy wallet new'.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ExitCode.Wallet, $"The wallet {path} cannot be read: {failure.Message}", failure);
        }
    }
}
