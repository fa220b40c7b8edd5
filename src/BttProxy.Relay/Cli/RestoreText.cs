using System.Text;
using System.Text.Json;
using BttProxy.Relay.Backup;

namespace BttProxy.Relay.Cli;

/// <summary>What a restore says.</summary>
internal static class RestoreText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>One line for each voucher, and one for all.</summary>
    public static string Lines(RestoreReport report, bool dryRun)
    {
        var text = new StringBuilder();
        foreach (var line in report.Lines)
        {
            text.Append(line.Verdict == RestoreVerdict.Restored ? "restored " : line.Verdict == RestoreVerdict.AlreadyHeld ? "held     " : "refused  ")
                .Append(line.Channel).Append("  ").AppendLine(Sentence(line));
        }

        var (restored, held) = (report.Count(RestoreVerdict.Restored), report.Count(RestoreVerdict.AlreadyHeld));
        return text.Append(dryRun ? "Would restore" : "Restored")
            .AppendLine($" {restored} vouchers worth {report.Value.ToBtt()}; {held} held already, {report.Lines.Length - restored - held} refused.")
            .ToString();
    }

    /// <summary>Amounts as strings: JSON numbers do not hold them.</summary>
    public static string Json(RestoreReport report, IEnumerable<BackupReader.Source> sources, bool dryRun) => JsonSerializer.Serialize(
        new
        {
            dryRun,
            restored = report.Count(RestoreVerdict.Restored),
            value = report.Value.ToString(),
            sources = sources.Select(source => new { name = source.Name, vouchers = source.Entries.Length, problems = source.Problems }),
            vouchers = report.Lines.Select(line => new
            {
                channel = line.Channel.ToString(),
                verdict = JsonNamingPolicy.CamelCase.ConvertName(line.Verdict.ToString()),
                cumulative = line.Cumulative.ToString(),
                value = line.Value.ToString(),
                withdrawAt = line.WithdrawAt,
            }),
        },
        Indented) + Environment.NewLine;

    private static string Sentence(RestoreReport.Line line) => line.Verdict switch
    {
        RestoreVerdict.Restored => $"{line.Value.ToBtt()} to claim{Deadline(line)}",
        RestoreVerdict.AlreadyHeld => $"the ledger has as much{Deadline(line)}",
        RestoreVerdict.OtherPayee => "it pays another address than Offer.Payee: name that one to restore it",
        RestoreVerdict.OtherAuthorizer => "it was made with another payee-key",
        RestoreVerdict.OtherToken => "it pays another token than the network's",
        RestoreVerdict.WrongSignature => "the channel's signer did not sign it for this contract",
        RestoreVerdict.NotOnChain => "the chain does not know the channel",
        RestoreVerdict.EpochOver => "the channel was closed since; nothing can be claimed with it",
        RestoreVerdict.EpochAhead => "the chain has not reached its epoch: are the nodes behind?",
        RestoreVerdict.AlreadyClaimed => $"{line.Cumulative.ToBtt()} were claimed before",
        RestoreVerdict.AboveReserved => $"{line.Cumulative.ToBtt()} are more than the channel reserves",
        _ => line.Verdict.ToString(),
    };

    private static string Deadline(RestoreReport.Line line) => line.WithdrawAt is { } seconds
        ? $"; the payer can take it back from {DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(seconds, MaxSeconds)):u}: claim before"
        : "";

    // The year 9999: what the chain names may be any number.
    private const ulong MaxSeconds = 253_402_300_799;
}
