using System.Text;

namespace BttProxy.Relay.Observability;

/// <summary>One instrument: what it is called, and every label that it may carry with every value that the label may have.</summary>
/// <param name="Name">As OpenTelemetry has it.</param>
/// <param name="Kind">How it counts.</param>
/// <param name="Unit">As OpenTelemetry has it; null for a plain number.</param>
/// <param name="Labels">Key to values.</param>
internal sealed record InstrumentRule(string Name, InstrumentKind Kind, string? Unit, IReadOnlyDictionary<string, IReadOnlyCollection<string>> Labels)
{
    /// <summary>The name at the Prometheus endpoint, without the suffixes of a histogram's parts.</summary>
    public string PrometheusName
    {
        get
        {
            var name = new StringBuilder(Name).Replace('.', '_');
            name.Append(Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" });
            return name.Append(Kind == InstrumentKind.Counter ? "_total" : "").ToString();
        }
    }

    /// <summary>Every combination of label values; one without labels when there are none.</summary>
    public IEnumerable<KeyValuePair<string, object?>[]> Series()
    {
        IEnumerable<KeyValuePair<string, object?>[]> all = [[]];
        foreach (var (key, values) in Labels)
        {
            all = all.SelectMany(series => values.Select(value => (KeyValuePair<string, object?>[])[.. series, new(key, value)]));
        }

        return all;
    }
}
