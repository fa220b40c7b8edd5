namespace BttProxy.Relay.Configuration.Reading;

/// <summary>A value in its section or list.</summary>
/// <param name="Name">Empty in a list.</param>
/// <param name="Line">Of the name, from 1.</param>
/// <param name="Value">What it is set to.</param>
internal sealed record ConfigurationEntry(string Name, int Line, ConfigurationNode Value);
