using System.Globalization;
using System.Text;
using System.Text.Json;
using BttProxy.Client.Fetching;
using BttProxy.Protocol.Relays;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BttProxy.Client.Terminal;

/// <summary>The table of relays: live, as plain text, as JSON.</summary>
internal static class RelayTable
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static IRenderable Draw(IReadOnlyList<SurveyedRelay> rows, bool isSearching)
    {
        var table = new Table().RoundedBorder();
        foreach (var heading in new[] { "Relay", "Price per MB", "To open", "Region", "Latency", "Load", "Features" })
        {
            table.AddColumn(new TableColumn(heading) { NoWrap = true });
        }

        foreach (var column in new[] { 1, 2, 4, 5 })
        {
            table.Columns[column].RightAligned();
        }

        foreach (var row in rows)
        {
            var record = row.Offer.Record;
            table.AddRow(
                new Text(RelayPool.Short(row.Offer.Id)),
                new Text(Units.Btt(new(record.Price.Units))),
                new Text(Units.Btt(record.OpenFee)),
                new Text(record.Region),
                row.Answer is { } answer ? new Text(Milliseconds(answer), Style.Plain) : new Text("-", new Style(Color.Red)),
                new Text($"{record.Load} %"),
                new Text(row.Fault ?? Features(record.Features), row.Fault is null ? Style.Plain : new Style(Color.Red)));
        }

        return table.Caption(isSearching ? "searching..." : $"{rows.Count(static row => row.Answer is not null)} of {rows.Count} relays answer");
    }

    public static string ToText(IReadOnlyList<SurveyedRelay> rows)
    {
        var text = new StringBuilder();
        text.Append($"{"RELAY",-10}{"PRICE/MB",-22}{"TO OPEN",-14}{"REGION",-8}{"LATENCY",-10}{"LOAD",-6}FEATURES");
        foreach (var row in rows)
        {
            var record = row.Offer.Record;
            var latency = row.Answer is { } answer ? Milliseconds(answer) : "-";
            text.AppendLine().Append(
                CultureInfo.InvariantCulture,
                $"{RelayPool.Short(row.Offer.Id),-10}{Units.Btt(new(record.Price.Units)),-22}{Units.Btt(record.OpenFee),-14}{record.Region,-8}{latency,-10}{record.Load + "%",-6}{row.Fault ?? Features(record.Features)}");
        }

        return text.ToString();
    }

    /// <summary>One array; prices are integers of the smallest unit, as text.</summary>
    public static string ToJson(IReadOnlyList<SurveyedRelay> rows) => JsonSerializer.Serialize(
        rows.Select(static row => new
        {
            Id = row.Offer.Id.ToString(),
            Price = row.Offer.Price.ToString(),
            OpenFee = row.Offer.Record.OpenFee.ToString(),
            row.Offer.Record.Region,
            LatencyMs = row.Answer is { } answer ? Math.Round(answer.Latency.TotalMilliseconds, 1) : (double?)null,
            Features = FeatureNames(row.Offer.Record.Features),
            row.Offer.Record.Load,
            row.Offer.Record.CapacityClass,
            Endpoints = row.Offer.Record.Endpoints.Select(static endpoint => endpoint.ToString()),
            row.Fault,
        }),
        Format);

    private static string Milliseconds(RankedRelay relay) =>
        string.Create(CultureInfo.InvariantCulture, $"{relay.Latency.TotalMilliseconds:0} ms");

    private static string Features(RelayFeatures features) => string.Join(' ', FeatureNames(features));

    private static string[] FeatureNames(RelayFeatures features) =>
        [.. Enum.GetValues<RelayFeatures>()
            .Where(feature => feature != RelayFeatures.None && features.HasFlag(feature))
            .Select(static feature => JsonNamingPolicy.KebabCaseLower.ConvertName(feature.ToString()))];
}
