using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BttProxy.Ledger;
using BttProxy.Relay.Gateway;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Backup.Archive;

/// <summary>A relay in one file: the ledger as it is at one moment, and its keys if asked for, in a tar sealed with a passphrase.</summary>
internal static class RelayArchive
{
    private const string TimeEntry = "made-at";
    private const string LedgerEntry = "ledger.db";
    private const string KeysEntry = "keys/";
    private const int MaxKeyBytes = 4096;

    public static IReadOnlyList<string> KeyFiles { get; } =
        [RelayKeys.PayeeKeyFile, RelayKeys.IdentityKeyFile, RelayKeys.PathKeyFile, TlsIdentity.KeyFile];

    /// <param name="state">A running relay's or a stopped one's.</param>
    /// <param name="file">Must not be there yet.</param>
    /// <param name="withKeys">The money lies in the file then.</param>
    /// <param name="passphrase">Who has it and the file has all that is in it.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Leaves no file.</param>
    /// <exception cref="BackupException">A file cannot be read or written.</exception>
    /// <exception cref="LedgerException">The ledger cannot be copied.</exception>
    public static async Task CreateAsync(
        StateDirectory state, string file, bool withKeys, string passphrase, TimeProvider time, CancellationToken cancellationToken)
    {
        using var scratch = ScratchDirectory.Create(Path.GetDirectoryName(state.PathOf(LedgerEntry)));
        await LedgerCopy.MakeAsync(state.PathOf(RelayRoles.LedgerFile), scratch.LedgerPath, cancellationToken);
        var unfinished = file + ".new";
        try
        {
            await using (var output = PrivateFile.Create(unfinished))
            {
                await Task.Run(() => Write(output, state, scratch.LedgerPath, withKeys, ArchiveKey.Create(passphrase), time.GetUtcNow()), cancellationToken);
                output.Flush(flushToDisk: true);
            }

            File.Move(unfinished, file, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup '{file}' cannot be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Reads all of an archive, so that nothing of it is damaged.</summary>
    /// <exception cref="BackupException">The passphrase is another one, or it cannot be used.</exception>
    public static ArchiveContents Open(string file, string passphrase, ScratchDirectory scratch)
    {
        try
        {
            using var input = File.OpenRead(file);
            var head = new byte[ArchiveKey.HeadLength];
            var key = ArchiveKey.Read(head[..input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)], passphrase);
            using var content = new OpeningStream(input, key);
            return Read(content, scratch.LedgerPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            throw new BackupException($"The backup '{file}' cannot be read: {e.Message}", e);
        }
    }

    private static void Write(FileStream output, StateDirectory state, string ledger, bool withKeys, ArchiveKey key, DateTimeOffset now)
    {
        output.Write(key.Head);
        using var content = new SealingStream(output, key);
        using var tar = new TarWriter(content, TarEntryFormat.Pax, leaveOpen: true);
        Add(tar, TimeEntry, Encoding.ASCII.GetBytes(now.ToString("O", CultureInfo.InvariantCulture)));
        foreach (var name in withKeys ? KeyFiles : [])
        {
            var secret = state.TryReadSecret(name) ?? throw new BackupException($"There is no '{state.PathOf(name)}' to back up: start the relay once.");
            Add(tar, KeysEntry + name, secret);
            CryptographicOperations.ZeroMemory(secret);
        }

        using var copy = File.OpenRead(ledger);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, LedgerEntry) { DataStream = copy });
    }

    private static void Add(TarWriter tar, string name, byte[] bytes)
    {
        using var data = new MemoryStream(bytes, writable: false);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data });
    }

    private static ArchiveContents Read(OpeningStream content, string ledger)
    {
        var keys = new Dictionary<string, byte[]>();
        var (madeAt, hasLedger) = ((DateTimeOffset?)null, false);
        using var tar = new TarReader(content, leaveOpen: true);
        while (tar.GetNextEntry() is { } entry)
        {
            switch (entry.Name)
            {
                case TimeEntry:
                    madeAt = DateTimeOffset.ParseExact(Encoding.ASCII.GetString(Small(entry)), "O", CultureInfo.InvariantCulture);
                    break;
                case LedgerEntry:
                    using (var copy = PrivateFile.Create(ledger))
                    {
                        entry.DataStream?.CopyTo(copy);
                        copy.Flush(flushToDisk: true);
                    }

                    hasLedger = true;
                    break;
                case var name when name.StartsWith(KeysEntry, StringComparison.Ordinal) && KeyFiles.Contains(name[KeysEntry.Length..]):
                    keys[name[KeysEntry.Length..]] = Small(entry);
                    break;
                default:
                    throw new BackupException($"The backup holds '{entry.Name}', which this program does not know: update it.");
            }
        }

        // The tar ends before the archive does; its last part proves that nothing was cut off.
        content.CopyTo(Stream.Null);
        return madeAt is { } time && hasLedger
            ? new ArchiveContents(time, keys, ledger)
            : throw new BackupException("The backup has no ledger.");
    }

    private static byte[] Small(TarEntry entry)
    {
        if (entry is not { DataStream: { } data, Length: <= MaxKeyBytes })
        {
            throw new BackupException($"The backup's '{entry.Name}' is damaged.");
        }

        var bytes = new byte[entry.Length];
        data.ReadExactly(bytes);
        return bytes;
    }
}
