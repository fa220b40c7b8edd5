using System.Globalization;

namespace BttProxy.Relay.Backup;

/// <summary>
/// Pages as files in a directory, each replaced as a whole. The directory is never made here: where a volume is not mounted, a new one would
/// lie on the machine that is to be survived.
/// </summary>
internal sealed class DirectoryTarget(string directory, BackupKeys keys, TimeProvider time) : IBackupTarget
{
    private const string Extension = ".vouchers";
    private const string NumberFormat = "D4";

    // A volume of another machine that is gone makes every call hang.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<int, byte[]> _found = [];
    private Task _running = Task.CompletedTask;

    public BackupTargetKind Kind => BackupTargetKind.Directory;

    /// <summary>10,000 channels, 2 MB.</summary>
    public int MaxPages => 2000;

    public Task<BackupCopy> ReadAsync(CancellationToken cancellationToken) => RunAsync(Read, cancellationToken);

    public Task<bool> TryWriteAsync(BackupPage page, CancellationToken cancellationToken) => RunAsync(() => TryWrite(page), cancellationToken);

    /// <summary>Files stay.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private BackupCopy Read()
    {
        if (!Directory.Exists(directory))
        {
            throw new BackupException($"The backup directory '{directory}' is not there: mount its volume, or name another one.");
        }

        _found.Clear();
        var pages = new List<BackupPage>();
        var unreadable = new List<int>();
        foreach (var number in Numbers())
        {
            var content = ReadFile(number);
            if (content is not null && keys.Seal.TryOpen(number, content) is { } page)
            {
                _found[number] = content;
                pages.Add(page);
            }
            else
            {
                unreadable.Add(number);
            }
        }

        return new BackupCopy([.. pages], [], [.. unreadable]);
    }

    private IEnumerable<int> Numbers() => Directory.EnumerateFiles(directory, $"{keys.FileName}-*{Extension}")
        .Select(path => Path.GetFileNameWithoutExtension(path)[(keys.FileName.Length + 1)..])
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < MaxPages && text == number.ToString(NumberFormat, CultureInfo.InvariantCulture) ? number : -1)
        .Where(number => number >= 0)
        .Order();

    /// <summary>Null for anything but a file of a page's length.</summary>
    private byte[]? ReadFile(int number)
    {
        var file = new FileInfo(PathOf(number));
        return file is { Exists: true, Length: PageSeal.Length } ? File.ReadAllBytes(file.FullName) : null;
    }

    private bool TryWrite(BackupPage page)
    {
        var path = PathOf(page.Number);
        var temporary = path + ".new";
        var content = keys.Seal.Seal(page);
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        // Another relay with the same keys, or an operator who puts an old backup in place: what is there now has not been merged.
        var known = _found.GetValueOrDefault(page.Number);
        if (known is null ? File.Exists(path) : ReadFile(page.Number) is not { } now || !now.AsSpan().SequenceEqual(known))
        {
            File.Delete(temporary);
            return false;
        }

        File.Move(temporary, path, overwrite: true);
        DirectorySync.Flush(directory);
        _found[page.Number] = content;
        return true;
    }

    private string PathOf(int number) =>
        Path.Join(directory, $"{keys.FileName}-{number.ToString(NumberFormat, CultureInfo.InvariantCulture)}{Extension}");

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (!_running.IsCompleted)
        {
            throw new BackupException($"The backup directory '{directory}' still does not answer: is its machine there?");
        }

        var running = Task.Run(work, cancellationToken);
        _running = running;
        try
        {
            return await running.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new BackupException($"The backup directory '{directory}' does not answer: is its machine there?", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup directory '{directory}' cannot be used: {e.Message}", e);
        }
    }
}
