using System.Security.Cryptography;
using System.Text;
using BttProxy.Client.Terminal;
using BttProxy.Protocol.Keys;

namespace BttProxy.Client.Wallets;

/// <summary>Reads a private key that another program made: 64 hexadecimal digits, or a Web3 keystore.</summary>
internal static class KeyImport
{
    private const int MaximumBytes = 64 * 1024;
    private const int Digits = 2 * Keystore.KeyLength;

    /// <param name="source">A file; null or "-" for the keyboard, else standard input.</param>
    /// <param name="terminal">Where to ask, or what to read.</param>
    /// <param name="password">Asked only for a keystore.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ClientException">There is no key in it, or the password is wrong.</exception>
    public static async Task<Wallet> ReadAsync(
        string? source, ClientTerminal terminal, Func<Task<string>> password, CancellationToken cancellationToken)
    {
        RefuseKeyAsName(source);
        var content = await ReadContentAsync(source is "-" ? null : source, terminal, cancellationToken);
        byte[]? key = null;
        try
        {
            var secret = IsJson(content) ? await password() : null;
            key = secret is null ? ReadDigits(content) : Keystore.Decrypt(content, secret);
            return new Wallet(Secp256k1Key.FromBytes(key));
        }
        catch (ArgumentException failure)
        {
            throw new ClientException(ExitCode.BadInput, "The number given is no private key: it is zero or too large. Nothing was written.", failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>A key on the command line stands in the shell's history and in the list of processes.</summary>
    private static void RefuseKeyAsName(string? source)
    {
        if (source is not null && TryReadDigits(Encoding.UTF8.GetBytes(source), out var key))
        {
            CryptographicOperations.ZeroMemory(key);
            throw new ClientException(
                ExitCode.Usage,
                "That is a private key, and the shell's history has it now: use another key, and give it in a file or on standard input.");
        }
    }

    private static async Task<byte[]> ReadContentAsync(string? path, ClientTerminal terminal, CancellationToken cancellationToken)
    {
        if (path is null && terminal.ReadSecret($"Private key ({Digits} hexadecimal digits)") is { } typed)
        {
            return Encoding.UTF8.GetBytes(typed);
        }

        var buffer = new byte[MaximumBytes + 1];
        try
        {
            await using var input = path is null ? terminal.OpenBinaryInput() : File.OpenRead(path);
            var length = await input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return length <= MaximumBytes ? buffer[..length] : throw NoKey();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ExitCode.BadInput, $"The key cannot be read: {failure.Message}", failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static byte[] ReadDigits(byte[] content) => TryReadDigits(Trim(content), out var key) ? key : throw NoKey();

    private static bool TryReadDigits(ReadOnlySpan<byte> text, out byte[] key)
    {
        key = new byte[Keystore.KeyLength];
        var digits = text.StartsWith("0x"u8) ? text[2..] : text;
        return digits.Length == Digits
            && Convert.FromHexString(digits, key, out var read, out var written) == System.Buffers.OperationStatus.Done
            && read == Digits && written == Keystore.KeyLength;
    }

    private static bool IsJson(byte[] content) => Trim(content) is [(byte)'{', ..];

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);

    private static ClientException NoKey() => new(
        ExitCode.BadInput, $"What was given is neither {Digits} hexadecimal digits nor a Web3 keystore (JSON). Nothing was written.");
}
