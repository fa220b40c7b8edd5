using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Hosting;

/// <summary>Where an operator keeps keys outside the state directory: never in the configuration file itself.</summary>
/// <param name="directory">Holds files with the names that the state directory gives them, such as a mounted Secret; only read.</param>
/// <param name="payeeKeyFile">The file with the payee key.</param>
/// <param name="payeeKey">The payee key, 64 hexadecimal digits.</param>
internal sealed class KeyPlaces(string? directory, string? payeeKeyFile, string? payeeKey)
{
    public const string PayeeKeyFileVariable = "BTTPROXY_PAYEE_KEY_FILE";
    public const string PayeeKeyVariable = "BTTPROXY_PAYEE_KEY";

    // Three times the longest key: a wrong path is refused before it is read.
    private const int MaxLength = 96;

    private const int PayeeKeyLength = 32;

    public static KeyPlaces Of(RelayOptions options) => new(
        options.KeysDirectory, Environment.GetEnvironmentVariable(PayeeKeyFileVariable), Environment.GetEnvironmentVariable(PayeeKeyVariable));

    /// <summary>The key, or null where it is kept in none of the places.</summary>
    /// <exception cref="RelayConfigurationException">A place that was named has no usable key.</exception>
    public byte[]? TryRead(string name)
    {
        if (name == RelayKeys.PayeeKeyFile && payeeKeyFile is not null)
        {
            return ReadFile(payeeKeyFile, PayeeKeyFileVariable);
        }

        if (name == RelayKeys.PayeeKeyFile && payeeKey is not null)
        {
            return FromHex(payeeKey);
        }

        return directory is not null && Path.Combine(directory, name) is var path && File.Exists(path) ? ReadFile(path, "keysDirectory") : null;
    }

    private static byte[] ReadFile(string path, string place)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > 0 and <= MaxLength }
                ? File.ReadAllBytes(path)
                : throw new RelayConfigurationException($"{place}: '{path}' is no key file. Name the file that has the key, as the relay wrote it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RelayConfigurationException($"{place}: '{path}' cannot be read: {e.Message.TrimEnd('.')}. Let the relay's user read it.", e);
        }
    }

    // What is wrong is not shown: it may be a key with one letter too many.
    private static byte[] FromHex(string text) => text.Length == 2 * PayeeKeyLength && text.All(char.IsAsciiHexDigit)
        ? Convert.FromHexString(text)
        : throw new RelayConfigurationException($"{PayeeKeyVariable} must be 64 hexadecimal digits. Better name a file in {PayeeKeyFileVariable}.");
}
