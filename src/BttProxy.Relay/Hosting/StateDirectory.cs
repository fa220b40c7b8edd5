using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Hosting;

/// <summary>The relay's directory: created for its owner only, secrets written whole or not at all.</summary>
internal sealed class StateDirectory
{
    // Keys are made within milliseconds.
    private const int MaxTurns = 100;
    private static readonly TimeSpan TurnPause = TimeSpan.FromMilliseconds(50);

    private readonly string _path;
    private readonly KeyPlaces _keys;

    private StateDirectory(string path, KeyPlaces keys) => (_path, _keys) = (path, keys);

    /// <summary>The state directory that the options name, with the places where they have keys elsewhere.</summary>
    /// <exception cref="RelayConfigurationException">The directory cannot be made or written.</exception>
    public static StateDirectory Open(RelayOptions options) => Open(options.StateDirectory, KeyPlaces.Of(options));

    /// <exception cref="RelayConfigurationException">The directory cannot be made or written.</exception>
    public static StateDirectory Open(string path) => Open(path, new KeyPlaces(null, null, null));

    private static StateDirectory Open(string path, KeyPlaces keys)
    {
        try
        {
            var full = Path.GetFullPath(path);
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            return new StateDirectory(full, keys);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RelayConfigurationException(
                $"The state directory '{path}' cannot be used: {e.Message} Choose another with --state.", e);
        }
    }

    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>From where the operator keeps keys, else from here; null where there is none yet.</summary>
    /// <exception cref="RelayConfigurationException">A place that the operator named has no usable key.</exception>
    public byte[]? TryReadSecret(string name)
    {
        if (_keys.TryRead(name) is { } kept)
        {
            return kept;
        }

        var path = PathOf(name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    public void WriteSecret(string name, ReadOnlySpan<byte> secret)
    {
        var path = PathOf(name);
        var temporary = path + ".new";
        using (var file = PrivateFile.Create(temporary))
        {
            file.Write(secret);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Until it is disposed, no other process of this relay is here.</summary>
    /// <exception cref="RelayConfigurationException">Another one does not end.</exception>
    public async Task<IDisposable> TakeTurnAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(PathOf("keys.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (attempt == MaxTurns)
            {
                throw new RelayConfigurationException($"The state directory '{_path}' is held by another process: {e.Message}", e);
            }
            catch (IOException)
            {
                await Task.Delay(TurnPause, time, cancellationToken);
            }
        }
    }
}
