namespace BttProxy.FunctionalTests.Relay.World;

/// <summary>One line of a Prometheus endpoint.</summary>
internal sealed record ScrapedSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
