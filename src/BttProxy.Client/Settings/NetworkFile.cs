using BttProxy.Protocol.Networks;

namespace BttProxy.Client.Settings;

/// <summary>A network description as read from a file; paths in it are relative to that file.</summary>
internal sealed class NetworkFile
{
    private const int MaximumBytes = 1 << 20;
    private readonly string _directory;

    private NetworkFile(string path, NetworkDescription description)
    {
        _directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Description = description;
    }

    public NetworkDescription Description { get; }

    public string? TestWalletPath => Description.Wallet is { } wallet ? Path.Combine(_directory, wallet.File) : null;

    public string? TestPasswordPath => Description.Wallet is { } wallet ? Path.Combine(_directory, wallet.PasswordFile) : null;

    /// <exception cref="ClientException">No path is known, or the file cannot be read or understood.</exception>
    public static async Task<NetworkFile> ReadAsync(ClientSettings settings, CancellationToken cancellationToken)
    {
        var path = settings.NetworkPath ?? throw new ClientException(
            ExitCode.Usage, "No network is named. Use --network FILE or set BTTPROXY_NETWORK.");
        try
        {
            if (new FileInfo(path).Length > MaximumBytes)
            {
                throw new ClientException(ExitCode.BadInput, $"{path} is too large for a network description.");
            }

            var json = await File.ReadAllBytesAsync(path, cancellationToken);
            return new NetworkFile(path, NetworkDescription.Parse(json));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidNetworkException)
        {
            throw new ClientException(ExitCode.BadInput, $"The network description {path} cannot be used: {failure.Message}", failure);
        }
    }
}
