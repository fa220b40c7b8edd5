using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Relays;
using Microsoft.Extensions.Logging;

namespace BttProxy.Discovery.Caching;

/// <summary>
/// Relays seen in the last days and relays that cheated, kept in one file. Records certify themselves, so their signatures are
/// checked again when they are read. Several processes may share the file: saving merges. Losing it costs a search, so a file
/// that cannot be read or written is logged once and never stops anybody.
/// </summary>
public sealed partial class RelayCache : IDisposable
{
    private readonly RelayMemory _memory;
    private readonly RelayCacheFile? _file;
    private readonly ILogger<RelayCache> _logger;
    private readonly SemaphoreSlim _saving = new(1, 1);
    private bool _warned;

    private RelayCache(RelayCacheOptions options, TimeProvider time, ILogger<RelayCache> logger)
    {
        _memory = new RelayMemory(options, time);
        _file = options.Path is null ? null : new RelayCacheFile(options.Path);
        _logger = logger;
    }

    /// <summary>Reads the file if there is one.</summary>
    public static async Task<RelayCache> OpenAsync(
        RelayCacheOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var cache = new RelayCache(options, time, loggers.CreateLogger<RelayCache>());
        await cache.MergeFileAsync(cancellationToken).ConfigureAwait(false);
        return cache;
    }

    /// <summary>All relays that are neither too old nor banned: those that served us first, then the last seen.</summary>
    public IReadOnlyList<CachedRelay> Relays() => _memory.Relays();

    /// <summary>The newest record known of a relay; older ones that turn up are replays.</summary>
    public CachedRelay? Find(RelayId id) => _memory.Find(id);

    /// <summary>Takes a record that has just come from the network and was checked. An older one than the known is ignored.</summary>
    public void Remember(SignedRelayRecord signed, RelayRecord record) => _memory.Remember(signed, record);

    /// <summary>Notes that a relay served us.</summary>
    public void MarkUsed(RelayId id) => _memory.MarkUsed(id);

    public bool IsBanned(RelayId id) => _memory.IsBanned(id);

    /// <summary>Refuses a relay for <see cref="RelayCacheOptions.BanTime"/>: it served wrong bytes or broke the protocol.</summary>
    public Task BanAsync(RelayId id, CancellationToken cancellationToken)
    {
        _memory.Ban(id);
        return SaveAsync(cancellationToken);
    }

    /// <summary>Merges with what another process wrote meanwhile and replaces the file.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            return;
        }

        await _saving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await MergeFileAsync(cancellationToken).ConfigureAwait(false);
            await _file.WriteAsync(_memory.ToDocument(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (IsFirstWarning())
            {
                LogUnwritable(_file.Path, exception.Message);
            }
        }
        finally
        {
            _saving.Release();
        }
    }

    public void Dispose() => _saving.Dispose();

    private async Task MergeFileAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_file is not null && await _file.ReadAsync(cancellationToken).ConfigureAwait(false) is { } document)
            {
                LogRead(_file.Path, document.Relays.Count, document.Bans.Count, _memory.Merge(document));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (IsFirstWarning())
            {
                LogUnreadable(_file!.Path, exception.Message);
            }
        }
    }

    private bool IsFirstWarning() => !Interlocked.Exchange(ref _warned, true);
}
