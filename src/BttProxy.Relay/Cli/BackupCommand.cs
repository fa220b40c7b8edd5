using System.CommandLine;
using BttProxy.Ledger;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using BttProxy.Relay.Backup.Archive;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;

namespace BttProxy.Relay.Cli;

/// <summary><c>backup create | verify | restore</c>: the ledger and the keys in one sealed file.</summary>
internal static class BackupCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var command = new Command("backup", "The ledger, and the keys if you like, in one file sealed with a passphrase. Beside a running relay or a stopped one.")
        {
            Create(shell, examples), Verify(shell, examples), Restore(shell, examples),
        };
        examples[command] =
        [
            "bttproxy-relay backup create relay1.backup --keys --config relay.json",
            "bttproxy-relay backup restore relay1.backup --config relay.json",
        ];
        return command;
    }

    /// <summary>What is in a backup that is whole.</summary>
    private sealed record Contents(string File, DateTimeOffset MadeAt, long Channels, TokenAmount Unclaimed, IReadOnlyList<string> Keys);

    private static Argument<string> FileArgument() => new("FILE") { Description = "The backup." };

    private static Option<string?> PassphraseOption() => new("--passphrase-file")
    {
        Description = $"File whose first line is the passphrase. Default: {Passphrase.Variable}, or it is asked for.", HelpName = "FILE",
    };

    private static Command Create(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var (file, secret, json) = (FileArgument(), PassphraseOption(), OperatorShell.JsonOption());
        var keys = new Option<bool>("--keys") { Description = "The keys too: whoever opens the file has the money." };
        var command = new Command("create", "Copy the ledger as it is now. A running relay goes on.") { file, keys, secret, json };
        command.SetAction((parsed, cancellationToken) => shell.RunUnreadAsync(
            parsed,
            async (read, token) =>
            {
                var (options, path) = (read(), Path.GetFullPath(parsed.GetValue(file)!));
                if (!File.Exists(Path.Combine(options.StateDirectory, RelayRoles.LedgerFile)))
                {
                    throw new RelayConfigurationException($"No relay has run with '{options.StateDirectory}': there is no ledger. Name its directory with --state.");
                }

                if (File.Exists(path))
                {
                    throw new RelayConfigurationException($"'{path}' is there already and is not written over: name another file.");
                }

                var passphrase = Passphrase.Read(parsed.GetValue(secret), isNew: true, shell.Error);
                await RelayArchive.CreateAsync(StateDirectory.Open(options), path, parsed.GetValue(keys), passphrase, shell.Time, token);
                await PrintAsync(shell, await DescribeAsync(path, passphrase, shell.Time, token), parsed.GetValue(json));
                return RelayExitCode.Success;
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay backup create /mnt/usb/relay1.backup --keys --state relay1"];
        return command;
    }

    private static Command Verify(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var (file, secret, json) = (FileArgument(), PassphraseOption(), OperatorShell.JsonOption());
        var command = new Command("verify", "Read all of a backup and say what is in it. Changes nothing.") { file, secret, json };
        command.SetAction((parsed, cancellationToken) => shell.RunUnreadAsync(
            parsed,
            async (_, token) =>
            {
                var passphrase = Passphrase.Read(parsed.GetValue(secret), isNew: false, shell.Error);
                await PrintAsync(shell, await DescribeAsync(parsed.GetValue(file)!, passphrase, shell.Time, token), parsed.GetValue(json));
                return RelayExitCode.Success;
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay backup verify /mnt/usb/relay1.backup"];
        return command;
    }

    private static Command Restore(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var (file, secret, json) = (FileArgument(), PassphraseOption(), OperatorShell.JsonOption());
        var command = new Command("restore", "Put a backup back, while the relay does not run. Keys that differ are not written over, and a ledger that is there is only added to.")
        {
            file, secret, json,
        };
        command.SetAction((parsed, cancellationToken) => shell.RunUnreadAsync(
            parsed,
            async (read, token) =>
            {
                var options = read();
                var passphrase = Passphrase.Read(parsed.GetValue(secret), isNew: false, shell.Error);
                var report = await new ArchiveRestore(options, shell.Time).RunAsync(parsed.GetValue(file)!, passphrase, token);
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(report) : shell.PrintAsync(Text(report)));
                return RelayExitCode.Success;
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay backup restore /mnt/usb/relay1.backup --config relay.json"];
        return command;
    }

    private static async Task<Contents> DescribeAsync(string file, string passphrase, TimeProvider time, CancellationToken cancellationToken)
    {
        using var scratch = ScratchDirectory.Create(within: null);
        var contents = RelayArchive.Open(file, passphrase, scratch);
        var condition = await LedgerInspection.InspectAsync(contents.Ledger, cancellationToken);
        if (condition.Damage.Count > 0)
        {
            throw new BackupException($"The ledger in '{file}' is damaged: {string.Join("; ", condition.Damage)}");
        }

        await using var ledger = await RelayLedger.OpenAsync(contents.Ledger, time, null, cancellationToken);
        var totals = await ledger.TotalsAsync(cancellationToken);
        return new Contents(file, contents.MadeAt, totals.Channels, totals.Unclaimed, [.. contents.Keys.Keys.Order(StringComparer.Ordinal)]);
    }

    private static Task PrintAsync(OperatorShell shell, Contents contents, bool json) => json
        ? shell.PrintJsonAsync(contents)
        : shell.PrintAsync(
            $"{contents.File} is whole: made {PlainText.Time(contents.MadeAt)} UTC, {PlainText.Count(contents.Channels, "channel")}, {contents.Unclaimed.ToBtt()} unclaimed, "
            + (contents.Keys.Count > 0 ? "with keys." : "without keys: keep payee-key elsewhere."));

    private static string Text(ArchiveRestoreReport report)
    {
        var keys = report.Keys.IsEmpty ? "The keys were there." : $"Put back: {string.Join(", ", report.Keys)}.";
        return report.LedgerPlaced
            ? $"{keys} The ledger of {PlainText.Time(report.MadeAt)} UTC is in place; 'bttproxy-relay restore' adds vouchers of later backups, and the relay compares it with the chain when it starts."
            : $"{keys}{Environment.NewLine}{RestoreText.Lines(report.Merged!, dryRun: false).TrimEnd()}";
    }
}
