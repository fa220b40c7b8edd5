using BttProxy.Protocol.Networks;

namespace BttProxy.Relay.Configuration;

/// <summary>Reads the network description that the operator named.</summary>
internal static class NetworkFile
{
    /// <exception cref="RelayConfigurationException">It is not there or not usable; one line says why.</exception>
    public static NetworkDescription Load(string? path)
    {
        if (path is null)
        {
            throw new RelayConfigurationException("Which network? Name its description with --network FILE (a devnet writes network.json).");
        }

        try
        {
            var file = new FileInfo(path);
            return file is { Exists: true, Length: <= NetworkDescription.MaxLength }
                ? NetworkDescription.Parse(File.ReadAllBytes(path))
                : throw new RelayConfigurationException($"The network description '{path}' {(file.Exists ? "is too large" : "does not exist")}.");
        }
        catch (InvalidNetworkException e)
        {
            throw new RelayConfigurationException($"The network description '{path}' is not valid: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RelayConfigurationException($"The network description '{path}' cannot be read: {e.Message}", e);
        }
    }
}
