namespace BttProxy.Relay.Operations;

/// <param name="All">Closed and empty ones too.</param>
internal sealed record ChannelsQuery(bool All);

/// <param name="Channels">What is at stake, greatest first.</param>
/// <param name="Hidden">Closed and empty ones that are left out.</param>
/// <param name="TooMany">Further ones, with less at stake than all that are shown.</param>
internal sealed record ChannelsReport(IReadOnlyList<ChannelRow> Channels, long Hidden, long TooMany);
