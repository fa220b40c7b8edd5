using BttProxy.Relay.Configuration.Reading;

namespace BttProxy.Relay.Reloading;

/// <summary>Where a relay's options came from, so that they can be read anew.</summary>
/// <param name="Read">Preset, file and command line as at the start.</param>
/// <param name="File">The configuration file; null for none.</param>
internal sealed record ConfigurationSource(Func<LoadedConfiguration> Read, string? File);
