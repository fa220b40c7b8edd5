namespace BttProxy.Relay.Operations;

/// <summary>
/// The operator's commands, the same in a running relay and beside the books of a stopped one. What needs the chain is made when it is
/// asked for, so that books can be read without it.
/// </summary>
internal sealed class RelayOperations(
    StatusReader status, SessionLister sessions, TorrentLister torrents, EarningsReader earnings, ChannelLister channels,
    Lazy<ClaimForecast> forecast, Lazy<ClaimDesk> claims, Lazy<ChannelCloser> closer)
    : IRelayOperations
{
    public Task<StatusReport> StatusAsync(StatusQuery query, CancellationToken cancellationToken) => status.ReadAsync(cancellationToken);

    public Task<SessionsReport> SessionsAsync(SessionsQuery query, CancellationToken cancellationToken) => sessions.ListAsync(cancellationToken);

    public Task<TorrentsReport> TorrentsAsync(TorrentsQuery query, CancellationToken cancellationToken) => Task.FromResult(torrents.List());

    public Task<EarningsReport> EarningsAsync(EarningsQuery query, CancellationToken cancellationToken) => earnings.ReadAsync(query, cancellationToken);

    public Task<ChannelsReport> ChannelsAsync(ChannelsQuery query, CancellationToken cancellationToken) => channels.ListAsync(query, cancellationToken);

    public Task<ClaimPreview> PreviewClaimAsync(ClaimOrder order, CancellationToken cancellationToken) =>
        forecast.Value.PreviewAsync(order, cancellationToken);

    public Task<ClaimProgress> ClaimAsync(ClaimOrder order, CancellationToken cancellationToken) => claims.Value.ClaimAsync(order, cancellationToken);

    public Task<ClaimProgress> FollowClaimsAsync(ClaimFollowUp followUp, CancellationToken cancellationToken) =>
        claims.Value.FollowAsync(followUp, cancellationToken);

    public Task<SaleEnd> CloseAsync(CloseOrder order, CancellationToken cancellationToken) => closer.Value.CloseAsync(order, cancellationToken);
}
