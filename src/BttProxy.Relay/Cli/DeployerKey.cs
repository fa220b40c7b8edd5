using System.Security.Cryptography;
using BttProxy.Protocol.Keys;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Cli;

/// <summary>The key of the account that pays for a deployment: from a file or the environment, never from the command line.</summary>
internal static class DeployerKey
{
    /// <summary>Holds the key itself, 64 hexadecimal digits.</summary>
    public const string Variable = "BTTPROXY_DEPLOYER_KEY";

    private const int MaxFileLength = 256;

    /// <summary>Null when neither names one.</summary>
    /// <exception cref="RelayConfigurationException">What is there is no key.</exception>
    public static Secp256k1Key? Load(string? file)
    {
        if (file is null)
        {
            var text = Environment.GetEnvironmentVariable(Variable);
            return string.IsNullOrEmpty(text) ? null : Read(System.Text.Encoding.UTF8.GetBytes(text), $"The variable {Variable}");
        }

        try
        {
            return new FileInfo(file) is { Exists: true, Length: <= MaxFileLength }
                ? Read(File.ReadAllBytes(file), $"The key file '{file}'")
                : throw new RelayConfigurationException($"The key file '{file}' does not exist, or is too large for a key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RelayConfigurationException($"The key file '{file}' cannot be read: {e.Message}", e);
        }
    }

    // 32 bytes, as a relay's payee-key is kept, or the same in hexadecimal, as wallets export it.
    private static Secp256k1Key Read(byte[] content, string where)
    {
        var key = content;
        try
        {
            if (content.Length != Bytes32.Length)
            {
                key = Bytes32.TryParse(System.Text.Encoding.ASCII.GetString(content).Trim(), out var parsed)
                    ? parsed.ToArray()
                    : throw new RelayConfigurationException($"{where} must hold a private key: 32 bytes, or 64 hexadecimal digits.");
            }

            return Secp256k1Key.FromBytes(key);
        }
        catch (ArgumentException e)
        {
            throw new RelayConfigurationException($"{where} holds no private key of secp256k1.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
