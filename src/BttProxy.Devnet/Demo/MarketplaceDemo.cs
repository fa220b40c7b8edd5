using BttProxy.Client;
using BttProxy.Devnet.Books;
using BttProxy.Devnet.Views;
using BttProxy.Devnet.World;
using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Demo;

/// <summary>Plays the marketplace once, from the relays' announcements to their claims, and opens the books.</summary>
internal sealed class MarketplaceDemo(StateDirectory state, DevnetWorldOptions options, DemoBoard board, TimeProvider timeProvider)
{
    private static readonly TimeSpan ClaimDeadline = TimeSpan.FromSeconds(20);

    /// <exception cref="DevnetException">It could not be played to the end; the message says why.</exception>
    public async Task<DemoOutcome> RunAsync(CancellationToken cancellationToken)
    {
        using var loggerFactory = LoggerFactory.Create(LogToBoard);
        await using var world = await DevnetWorld.StartAsync(state, options, board.Tell, LogToBoard, timeProvider, cancellationToken);
        foreach (var relay in world.Relays)
        {
            board.Add(new RelayLine(relay.Name, relay.Id, relay.Price, relay.Region, "announcing itself in the DHT"));
        }

        await world.RelaysFoundAsync(found => board.SetState(found.Signed.Id, "announced"), cancellationToken);
        board.Tell("All relays are in the DHT. A client starts, with a magnet link and the wallet.");
        try
        {
            var books = await BookKeeper.OpenAsync(world, cancellationToken);
            await using var client = await DemoClient.StartAsync(world, state.Client, loggerFactory, timeProvider, cancellationToken);
            var download = Path.Combine(state.Root, "download");
            var result = await client.FetchAsync(download, board, cancellationToken);
            board.Tell($"Client: complete after {result.Duration.TotalSeconds:0.0} s. The relays claim.");
            return await CloseAsync(world, client, books, download, result.Duration, cancellationToken);
        }
        catch (ClientException exception)
        {
            throw new DevnetException($"The client could not fetch the content: {exception.Message}", exception);
        }
    }

    private async Task<DemoOutcome> CloseAsync(
        DevnetWorld world, DemoClient client, BookKeeper books, string download, TimeSpan duration, CancellationToken cancellationToken)
    {
        foreach (var relay in world.Relays)
        {
            if (!await BookKeeper.ClaimedAsync(relay.Host, ClaimDeadline, timeProvider, cancellationToken))
            {
                board.Tell($"Relay {relay.Name} has not claimed within {ClaimDeadline.TotalSeconds:0} s.");
            }
        }

        var sha256 = await world.Content.HashDownloadAsync(download, cancellationToken);
        var (payer, relays) = await books.CloseAsync(client.Ledger, cancellationToken);
        foreach (var relay in relays)
        {
            board.SetState(relay.RelayId, relay.Claimed > TokenAmount.Zero ? $"claimed {relay.Claimed.ToBtt()}" : "sold nothing");
        }

        var content = new ByteCount(world.Content.Info.Length);
        var checks = BookAudit.Check(payer, relays, content);
        return new DemoOutcome(DemoReport.Create(world.Content.Sha256, sha256, content, duration, relays, checks), payer, relays, checks);
    }

    private void LogToBoard(ILoggingBuilder logging) => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new BoardLoggerProvider(board));
}
