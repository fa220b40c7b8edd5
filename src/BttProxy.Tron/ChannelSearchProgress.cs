namespace BttProxy.Tron;

/// <summary>How far a search for a wallet's channels has come.</summary>
/// <param name="Searched">Blocks that were looked through.</param>
/// <param name="Total">Blocks in all.</param>
/// <param name="Found">Events so far that open a channel, or fill it up.</param>
public sealed record ChannelSearchProgress(long Searched, long Total, int Found);
