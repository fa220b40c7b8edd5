using System.CommandLine;

namespace BttProxy.Relay.Cli;

/// <summary>The words after <c>restore</c>.</summary>
internal sealed class RestoreCommand : Command
{
    private const string Text = """
        Put the vouchers of a backup into the ledger of a relay that does not run, after asking the chain about each channel. Needs the payee-key that was kept elsewhere.
        """;

    private readonly Option<bool> _fromDht = new("--from-dht") { Description = "Read the backup in the DHT. Default without --from too: the backups of the configuration." };
    private readonly Option<string[]> _from = new("--from") { Description = "Read the backup in this directory; may be given several times.", HelpName = "DIR" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would be restored and change nothing." };
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON object." };

    public static string[] Examples =>
    [
        "bttproxy-relay restore --config relay.json --dry-run",
        "bttproxy-relay restore --network network.json --state relay1 --from-dht",
        "bttproxy-relay restore --network network.json --state relay1 --from /mnt/backup/relay1",
    ];

    public RestoreCommand()
        : base("restore", Text)
    {
        foreach (var option in new Option[] { _fromDht, _from, _dryRun, _json })
        {
            Add(option);
        }
    }

    public RestoreArguments Read(ParseResult parsed) =>
        new(parsed.GetValue(_fromDht), parsed.GetValue(_from) ?? [], parsed.GetValue(_dryRun), parsed.GetValue(_json));
}

/// <param name="FromDht">Read the backup in the DHT.</param>
/// <param name="From">Directories to read.</param>
/// <param name="DryRun">Change nothing.</param>
/// <param name="Json">For programs.</param>
internal sealed record RestoreArguments(bool FromDht, IReadOnlyList<string> From, bool DryRun, bool Json);
