using BttProxy.Relay.Configuration;
using BttProxy.Relay.Configuration.Reading;

namespace BttProxy.Relay.Reloading;

/// <summary>Options by their full names, as the file writes them: which of two configurations differ, and which of those need no restart.</summary>
internal static class LiveOptions
{
    private static readonly HashSet<string> Live =
    [
        "policyFile", "offer.pricePerMegabyte", "offer.priceByHour", "offer.timeZone", "offer.minimumDeposit", "offer.openFee",
    ];

    // Says nothing to the relay.
    private const string Schema = "$schema";

    public static IReadOnlyDictionary<string, string> Of(RelayOptions options) => EffectiveSetting
        .Of(new LoadedConfiguration(options, [], []))
        .Where(static setting => setting.Key != Schema)
        .ToDictionary(static setting => setting.Key, static setting => setting.Value?.ToJsonString() ?? "null");

    public static bool IsLive(string key) => Live.Contains(key);

    /// <summary>Names of the options that one has otherwise than the other; a section that only one has is named by its options.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        [.. before.Keys.Union(after.Keys).Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))];
}
