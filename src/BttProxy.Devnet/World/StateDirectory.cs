namespace BttProxy.Devnet.World;

/// <summary>Where a devnet keeps everything, held by one process at a time. A temporary one is removed at the end.</summary>
internal sealed class StateDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;
    private readonly bool _temporary;

    private StateDirectory(string root, FileStream @lock, bool temporary)
    {
        Root = root;
        _lock = @lock;
        _temporary = temporary;
    }

    public string Root { get; }

    public string Content => Path.Combine(Root, "content");

    public string TorrentFile => Path.Combine(Root, "content.torrent");

    public string MagnetFile => Path.Combine(Root, "content.magnet");

    public string Chain => Path.Combine(Root, "chain");

    public string Seeder => Path.Combine(Root, "seeder");

    public string Client => Path.Combine(Root, "client");

    public string WalletFile => Path.Combine(Root, "wallet.json");

    public string WalletPasswordFile => Path.Combine(Root, "wallet.password");

    public string NetworkFile => Path.Combine(Root, "network.json");

    public string Relay(int number) => Path.Combine(Root, FormattableString.Invariant($"relay-{number}"));

    public static StateDirectory Temporary() =>
        Hold(Directory.CreateTempSubdirectory("bttproxy-devnet-").FullName, temporary: true);

    /// <exception cref="DevnetException">The directory cannot be made or written, or another devnet runs in it.</exception>
    public static StateDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(root);
            }
            else
            {
                // Keys lie in here.
                Directory.CreateDirectory(root, OwnerOnly);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DevnetException($"Cannot make the state directory {root}: {exception.Message} Name another one with --state.", exception);
        }

        return Hold(root, temporary: false);
    }

    public void Dispose()
    {
        _lock.Dispose();
        if (_temporary)
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    private static StateDirectory Hold(string root, bool temporary)
    {
        var path = Path.Combine(root, "devnet.lock");
        try
        {
            return new StateDirectory(root, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), temporary);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DevnetException($"Cannot write to the state directory {root}. Name another one with --state.", exception);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new DevnetException($"Another devnet is running in {root}. Stop it, or name another directory with --state.", exception);
        }
        catch (IOException exception)
        {
            throw new DevnetException($"Cannot write to the state directory {root}: {exception.Message}", exception);
        }
    }
}
