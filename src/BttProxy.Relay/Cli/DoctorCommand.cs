using System.CommandLine;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Doctor;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

internal static class DoctorCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var json = OperatorShell.JsonOption();
        var command = new Command("doctor", "Measure every part that the relay needs, beside a running one or a stopped one, and say how to mend what is wrong. Changes nothing.")
        {
            json,
        };
        command.SetAction((parsed, cancellationToken) => shell.RunUnreadAsync(
            parsed,
            async (options, token) =>
            {
                var report = await ExamineAsync(options, shell.Time, token);
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(report) : shell.PrintAsync(DoctorText.Of(report)));
                return report.Healthy ? RelayExitCode.Success : RelayExitCode.Unhealthy;
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay doctor --config relay.json", "bttproxy-relay doctor --state relay1 --network network.json --json"];
        return command;
    }

    private static async Task<DoctorReport> ExamineAsync(Func<RelayOptions> read, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await new Examination(read(), time).RunAsync(cancellationToken);
        }
        catch (RelayConfigurationException e)
        {
            // Nothing else can be looked at: what to look at stands in the configuration.
            return new DoctorReport(false, false, [Finding.Fail("configuration", e.Message, "Correct it; relay-config/relay.schema.json describes every option.")]);
        }
        catch (OperationException e)
        {
            return new DoctorReport(true, false, [Finding.Fail("relay", e.Message, "Run the program of the version that runs, as its user.")]);
        }
    }
}
