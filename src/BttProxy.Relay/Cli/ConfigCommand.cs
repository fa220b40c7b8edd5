using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using BttProxy.Relay.Configuration.Reading;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Cli;

/// <summary><c>config check</c>, <c>config show</c> and <c>config schema</c>: nothing is started, and no key is read.</summary>
internal static class ConfigCommand
{
    private const string SchemaResource = "relay.schema.json";
    private const string PolicySchemaResource = "policy.schema.json";

    public static Command Build(RelayOptionSet relay, RunOptionSet run, TextWriter output, TextWriter error, Dictionary<Command, string[]> examples)
    {
        var command = new Command("config", "Checks a configuration, shows what it amounts to, and prints the schema of the file.")
        {
            Check(relay, output, error, examples), Show(run, output, error, examples), Schema(output, examples),
        };
        examples[command] =
        [
            "bttproxy-relay config check relay.json",
            "bttproxy-relay config show --effective --preset devnet",
            "bttproxy-relay config schema > relay.schema.json",
        ];
        return command;
    }

    private static Command Check(RelayOptionSet relay, TextWriter output, TextWriter error, Dictionary<Command, string[]> examples)
    {
        var file = new Argument<string>("FILE") { Description = "The configuration file." };
        var elsewhere = new Option<bool>("--for-another-machine")
        {
            Description = "Do not ask for the files and directories that it names: they are where the relay will run.",
        };
        var json = OperatorShell.JsonOption();
        var command = new Command("check", "Reports everything that is wrong with a configuration: where, what, and what to do. Exit code 0 or 2.")
        {
            file, elsewhere, json,
        };
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetValue(file)!;
            var configuration = relay.ReadConfiguration(parsed, path);
            var problems = configuration.AllProblems(machine: !parsed.GetValue(elsewhere));
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(problems, OperationsJson.Format));
            }
            else if (problems.Count == 0)
            {
                await output.WriteLineAsync($"{path}: valid.");
            }
            else
            {
                await output.WriteLineAsync(string.Join(Environment.NewLine, problems));
                await error.WriteLineAsync($"{path}: {PlainText.Count(problems.Count, "problem")}.");
            }

            return (int)(problems.Count == 0 ? RelayExitCode.Success : RelayExitCode.BadConfiguration);
        });
        examples[command] =
        [
            "bttproxy-relay config check relay.json",
            "bttproxy-relay config check relay.json --preset devnet",
            "bttproxy-relay config check relay.json --for-another-machine --json",
        ];
        return command;
    }

    private static Command Show(RunOptionSet run, TextWriter output, TextWriter error, Dictionary<Command, string[]> examples)
    {
        var effective = new Option<bool>("--effective") { Description = "Every option, also those that have their default." };
        var json = OperatorShell.JsonOption();
        var command = new Command("show", "Prints the options that are set, with their values and where each was set. Exit code 0, or 2 when something is wrong.")
        {
            effective, json,
        };
        run.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var configuration = run.ReadConfiguration(parsed);
            var settings = EffectiveSetting.Of(configuration).Where(setting => parsed.GetValue(effective) || setting.Origin != EffectiveSetting.Default).ToList();
            await output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(settings, OperationsJson.Format) : Table(settings));
            var problems = configuration.AllProblems(machine: true);
            foreach (var problem in problems)
            {
                await error.WriteLineAsync(problem.ToString());
            }

            return (int)(problems.Count == 0 ? RelayExitCode.Success : RelayExitCode.BadConfiguration);
        });
        examples[command] =
        [
            "bttproxy-relay config show --effective --config relay.json",
            "bttproxy-relay config show --preset devnet --config relay.json --listen 203.0.113.7:443",
            "bttproxy-relay config show --effective --config relay.json --json",
        ];
        return command;
    }

    private static Command Schema(TextWriter output, Dictionary<Command, string[]> examples)
    {
        var policy = new Option<bool>("--policy") { Description = "Of the policy file instead." };
        var command = new Command("schema", "Prints the JSON schema of the configuration file: every option with its meaning, range and default.") { policy };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(parsed.GetValue(policy) ? PolicySchemaResource : SchemaResource)!;
            using var reader = new StreamReader(stream);
            await output.WriteAsync((await reader.ReadToEndAsync(cancellationToken)).AsMemory(), cancellationToken);
            return (int)RelayExitCode.Success;
        });
        examples[command] = ["bttproxy-relay config schema > relay.schema.json", "bttproxy-relay config schema --policy > policy.schema.json"];
        return command;
    }

    private static string Table(IReadOnlyList<EffectiveSetting> settings)
    {
        var table = new TextTable(("option", false), ("value", false), ("from", false));
        foreach (var setting in settings)
        {
            table.Add(setting.Key, setting.Value?.ToJsonString(OperationsJson.Format) ?? "null", setting.Origin);
        }

        return table.ToString();
    }
}
