namespace BttProxy.Relay.Operations;

/// <summary>What an operator asks of a relay: of the running one through its control socket, of a stopped one through its books and the chain.</summary>
internal interface IRelayOperations
{
    Task<StatusReport> StatusAsync(StatusQuery query, CancellationToken cancellationToken);

    /// <summary>Who is served now.</summary>
    Task<SessionsReport> SessionsAsync(SessionsQuery query, CancellationToken cancellationToken);

    /// <summary>What is fetched and sold now.</summary>
    Task<TorrentsReport> TorrentsAsync(TorrentsQuery query, CancellationToken cancellationToken);

    Task<EarningsReport> EarningsAsync(EarningsQuery query, CancellationToken cancellationToken);

    Task<ChannelsReport> ChannelsAsync(ChannelsQuery query, CancellationToken cancellationToken);

    /// <summary>What a claim would do and cost. Nothing is sent or stored.</summary>
    Task<ClaimPreview> PreviewClaimAsync(ClaimOrder order, CancellationToken cancellationToken);

    /// <summary>Puts claims into the outbox and sends them; <see cref="FollowClaimsAsync"/> tells how they end.</summary>
    Task<ClaimProgress> ClaimAsync(ClaimOrder order, CancellationToken cancellationToken);

    /// <summary>Looks again at claims under way.</summary>
    Task<ClaimProgress> FollowClaimsAsync(ClaimFollowUp followUp, CancellationToken cancellationToken);

    /// <summary>Sells nothing more on a channel, ends its session, and claims its best voucher.</summary>
    Task<SaleEnd> CloseAsync(CloseOrder order, CancellationToken cancellationToken);
}
