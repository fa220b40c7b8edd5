using BttProxy.Relay.Configuration.Reading;
using BttProxy.Relay.Configuration.Schema;
using BttProxy.Relay.Policies;

namespace BttProxy.Relay.Configuration;

/// <summary>Reads the JSON form of <see cref="PolicyOptions"/> and the denylist that it names.</summary>
internal static class PolicyFile
{
    // Room for all of an inline denylist.
    private const int MaxBytes = 1024 * 1024;

    /// <param name="path">Null for no policy.</param>
    /// <exception cref="RelayConfigurationException">Something is wrong with it; all of it, one line each.</exception>
    public static RelayPolicy Load(string? path) => path is null ? RelayPolicy.None
        : Read(path, out var problems) is { } policy && problems.Count == 0 ? policy
        : throw new RelayConfigurationException(problems);

    /// <summary>As far as it can be read, with everything that is wrong.</summary>
    public static RelayPolicy? Read(string path, out IReadOnlyList<ConfigurationProblem> problems)
    {
        if (OptionFile.Read(path, "policy file", "schema --policy", MaxBytes, out var unreadable) is not { } root)
        {
            problems = [unreadable!];
            return null;
        }

        var (section, options, places) = (OptionSection.Of(typeof(PolicyOptions)), new PolicyOptions(), new Dictionary<string, string>());
        var binder = new OptionBinder(path, section, places);
        binder.Bind(options, root);
        var found = new ConfigurationProblems(places, binder.Problems.Select(static problem => problem.Key));
        OptionChecks.Check(section, options, "", found, machine: true);
        Rules(options, found);
        var denied = DenylistReader.Read(options, found);
        problems = [.. binder.Problems, .. found.All];
        return RelayPolicy.Of(options, denied);
    }

    private static void Rules(PolicyOptions options, ConfigurationProblems problems)
    {
        if (options is { QuotaPerDay: { } day, QuotaPerMonth: { } month } && day > month)
        {
            problems.Add(
                "quotaPerDay", $"{day}", $"{day} is above quotaPerMonth, which is {month}", "Lower it or leave it out, or raise the other", "quotaPerMonth");
        }

        if (options is { MaxSessionRate: { } one, MaxClientRate: { } all } && one > all)
        {
            problems.Add(
                "maxSessionRate", $"{one}", $"{one} is above maxClientRate, which is {all}", "Lower it or leave it out, or raise the other", "maxClientRate");
        }
    }
}
