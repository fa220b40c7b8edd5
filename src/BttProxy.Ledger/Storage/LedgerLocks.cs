namespace BttProxy.Ledger.Storage;

/// <summary>The locks on the parts of a relay's ledger.</summary>
internal sealed class LedgerLocks : IDisposable
{
    private readonly List<FileStream> _held = [];

    private LedgerLocks()
    {
    }

    /// <exception cref="LedgerException">Another process holds the part, or a lock file cannot be made.</exception>
    public static LedgerLocks Take(string ledger, LedgerPart part)
    {
        var locks = new LedgerLocks();
        try
        {
            foreach (var path in Paths(ledger, part))
            {
                locks._held.Add(OwnerLock.TryTake(path) ?? throw InUse(ledger, path));
            }

            return locks;
        }
        catch
        {
            locks.Dispose();
            throw;
        }
    }

    /// <summary>Some process holds the part, or a piece of it.</summary>
    public static bool IsHeld(string ledger, LedgerPart part) => Paths(ledger, part).Any(IsHeld);

    public void Dispose() => _held.ForEach(static held => held.Dispose());

    private static LedgerException InUse(string ledger, string path) => new(path == Sales(ledger)
        ? $"The ledger {ledger} is open in another relay: stop that one, or name another file."
        : $"The ledger {ledger} is open in another relay's settler: stop that one, or name another file.")
    {
        IsInUse = true,
    };

    private static string[] Paths(string ledger, LedgerPart part) => part switch
    {
        LedgerPart.Sales => [Sales(ledger)],
        LedgerPart.Settlement => [Settlement(ledger)],
        _ => [Sales(ledger), Settlement(ledger)],
    };

    private static string Sales(string ledger) => ledger + ".lock";

    private static string Settlement(string ledger) => ledger + ".settler.lock";

    private static bool IsHeld(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var taken = OwnerLock.TryTake(path);
        return taken is null;
    }
}
