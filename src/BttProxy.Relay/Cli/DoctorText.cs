using BttProxy.Relay.Doctor;

namespace BttProxy.Relay.Cli;

internal static class DoctorText
{
    public static string Of(DoctorReport report)
    {
        var table = new TextTable(("", false), ("", false), ("", false));
        foreach (var finding in report.Findings)
        {
            table.Add(Word(finding.Verdict), finding.Step, finding.Found);
            if (finding.Mend is { } mend)
            {
                table.Add("", "", $"-> {mend}");
            }
        }

        var (failed, warned) = (report.Findings.Count(static finding => finding.Verdict == Verdict.Fail), report.Findings.Count(static finding => finding.Verdict == Verdict.Warn));
        var sum = (failed, warned) switch
        {
            (0, 0) => "Nothing is wrong.",
            (0, _) => $"It works; {PlainText.Count(warned, "thing")} to look at.",
            _ => $"{PlainText.Count(failed, "step")} failed{(warned > 0 ? $", {PlainText.Count(warned, "warning")}" : "")}.",
        };
        return table + Environment.NewLine + sum;
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warn => "WARN",
        Verdict.Fail => "FAIL",
        _ => "-",
    };
}
