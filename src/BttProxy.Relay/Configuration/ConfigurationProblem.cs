namespace BttProxy.Relay.Configuration;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Key">Full name of the option, such as offer.pricePerMegabyte; empty where the whole file is meant.</param>
/// <param name="Value">What it is set to, as shown; null where that does not matter or must not be shown.</param>
/// <param name="Problem">What is wrong, without a full stop.</param>
/// <param name="Remedy">What to do, a sentence without its full stop.</param>
/// <param name="Place">File and line, such as relay.json:12; null for an option that no file set.</param>
public sealed record ConfigurationProblem(string Key, string? Value, string Problem, string Remedy, string? Place = null)
{
    public override string ToString() =>
        $"{(Place is null ? "" : Place + ": ")}{(Key.Length == 0 ? "" : Key + ": ")}{Problem}. {Remedy}.";
}
