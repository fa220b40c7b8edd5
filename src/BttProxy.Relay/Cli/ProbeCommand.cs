using System.CommandLine;
using BttProxy.Relay.Doctor;

namespace BttProxy.Relay.Cli;

/// <summary><c>probe</c>: what an image without a shell has instead of wget.</summary>
internal static class ProbeCommand
{
    public static Command Build(OperatorShell shell, Dictionary<Command, string[]> examples)
    {
        var addresses = new Argument<Uri[]>("URL")
        {
            Description = "Such as http://10.0.0.11:9464/readyz, or the tunnel's https address. Certificates are not judged: doctor does that.",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = static result =>
            {
                var parsed = new List<Uri>();
                foreach (var token in result.Tokens)
                {
                    if (Uri.TryCreate(token.Value, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
                    {
                        parsed.Add(address);
                    }
                    else
                    {
                        result.AddError($"probe takes addresses such as http://10.0.0.11:9464/readyz, not '{token.Value}'.");
                    }
                }

                return [.. parsed];
            },
        };
        var json = OperatorShell.JsonOption();
        var command = new Command("probe", "Ask relays on other machines whether they answer, and say what they answer. Exit code 0 when each answers with success, else 5.")
        {
            addresses, json,
        };
        command.SetAction((parsed, cancellationToken) => shell.RunUnreadAsync(
            parsed,
            async (_, token) =>
            {
                var answers = await RemoteProbe.AskAsync(parsed.GetValue(addresses)!, token);
                await (parsed.GetValue(json) ? shell.PrintJsonAsync(answers) : shell.PrintAsync(Table(answers)));
                return answers.All(static answer => answer.Healthy) ? RelayExitCode.Success : RelayExitCode.Unhealthy;
            },
            cancellationToken));
        examples[command] = ["bttproxy-relay probe http://10.0.0.11:9464/readyz https://203.0.113.7/"];
        return command;
    }

    private static string Table(IReadOnlyList<RemoteAnswer> answers)
    {
        var table = new TextTable(("", false), ("", false), ("", false), ("", false));
        foreach (var answer in answers)
        {
            table.Add(answer.Healthy ? "ok" : "FAIL", answer.Url.ToString(), answer.Status is { } status ? PlainText.Count(status) : "-", answer.Said);
        }

        return table.ToString();
    }
}
