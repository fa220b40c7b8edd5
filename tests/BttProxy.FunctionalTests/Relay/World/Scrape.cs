using System.Globalization;
using System.Text.RegularExpressions;

namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>What a Prometheus endpoint answered: text format 0.0.4.</summary>
internal sealed partial class Scrape
{
    private Scrape(string text, IReadOnlyList<ScrapedSample> samples) => (Text, Samples) = (text, samples);

    public string Text { get; }

    public IReadOnlyList<ScrapedSample> Samples { get; }

    public static Scrape Parse(string text)
    {
        var samples = new List<ScrapedSample>();
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var match = Line().Match(line);
            if (!match.Success)
            {
                throw new FormatException($"No sample: {line}");
            }

            var labels = Label().Matches(match.Groups["labels"].Value).ToDictionary(label => label.Groups["key"].Value, label => label.Groups["value"].Value);
            samples.Add(new ScrapedSample(match.Groups["name"].Value, labels, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }

        return new Scrape(text, samples);
    }

    /// <summary>The sum of all series of the metric that have the label values given.</summary>
    public double Sum(string name, params (string Key, string Value)[] labels) => Samples
        .Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Key) == label.Value))
        .Sum(sample => sample.Value);

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>[^ ]+)( \d+)?$""")]
    private static partial Regex Line();

    [GeneratedRegex("""(?<key>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(\\.|[^"\\])*)"(,|$)""")]
    private static partial Regex Label();
}
