using System.Collections.Concurrent;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Metainfo;
using BttProxy.BitTorrent.Storage;
using BttProxy.Client.Payments;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using Microsoft.Extensions.Logging;

namespace BttProxy.Client.Fetching;

/// <summary>What the stays at several relays have in common: the content, the money spent, who cheated.</summary>
internal sealed class DownloadRun : IAsyncDisposable
{
    /// <summary>
    /// Reserved for a magnet link whose size nobody has told yet; raised when it is larger. Little, because a reserve is out of reach
    /// for other relays until the channel is closed.
    /// </summary>
    private static readonly ByteCount UnknownLength = new(64_000_000);

    /// <summary>The same where raising it costs a fee.</summary>
    private static readonly ByteCount UnknownLengthWithFee = new(1_000_000_000);

    /// <summary>Bytes that may have to be paid twice: parts of pieces that broke off and did not fit together.</summary>
    private static readonly ByteCount Spare = new(4 << 20);

    private readonly IProgress<DownloadEvent>? _events;
    private readonly MetadataCache _metadata;
    private readonly RunWaits _waits;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<RelayId, bool> _cheaters = new();
    private readonly ConcurrentDictionary<ChannelId, TokenAmount> _debts = new();
    private readonly ConcurrentQueue<RelayVisit> _visits = new();
    private DownloadContent? _content;
    private int _phase = (int)DownloadPhase.Checking;

    public DownloadRun(MarketAccess market, DownloadTarget target, DownloadOptions options, IProgress<DownloadEvent>? events)
    {
        Market = market;
        Target = target;
        Options = options;
        _events = events;
        _metadata = new MetadataCache(market.MetadataDirectory);
        Logger = market.LoggerFactory.CreateLogger<Downloader>();
        Pool = new RelayPool(options.MaximumPrice, MaximumFee, market.TimeProvider);
        _waits = new RunWaits(Report);
        var transactions = new WalletTransactions(market.Wallet, market.Chain, market.Ledger, market.TimeProvider, _waits);
        Book = new ChannelBook(market.Wallet, market.Ledger, market.Chain, transactions, market.TimeProvider);
        Opener = new SessionOpener(market.Chain, market.Ledger, market.TimeProvider, _waits);
    }

    public MarketAccess Market { get; }

    public DownloadTarget Target { get; }

    public InfoHash InfoHash => Target.InfoHash;

    public DownloadOptions Options { get; }

    public ILogger Logger { get; }

    public RelayPool Pool { get; }

    public ChannelBook Book { get; }

    public SessionOpener Opener { get; }

    /// <summary>Null until the metadata is known.</summary>
    public DownloadContent? Content => Volatile.Read(ref _content);

    public IReadOnlyCollection<RelayVisit> Visits => _visits;

    public DownloadPhase Phase
    {
        get => (DownloadPhase)Volatile.Read(ref _phase);
        set => Volatile.Write(ref _phase, (int)value);
    }

    /// <summary>What is waited for on chain; null when nothing is.</summary>
    public string? Waiting => _waits.Current;

    /// <summary>Signed for in this run.</summary>
    public TokenAmount Spent => _visits.Aggregate(TokenAmount.Zero, static (sum, visit) => sum + visit.Spent);

    public TokenAmount? BudgetLeft => Options.Budget is { } budget ? budget.SubtractSaturating(Spent) : null;

    public void Report(DownloadEventKind kind, RelayId? relay, string text) => _events?.Report(new DownloadEvent(kind, relay, text));

    public void Add(RelayVisit visit) => _visits.Enqueue(visit);

    /// <summary>The chain is not waited for any more.</summary>
    public void WaitIsOver() => _waits.Clear();

    /// <summary>Lets relays to which the wallet has a channel with money in it go first at about the same price: nothing is waited for there.</summary>
    public async Task PreferKnownRelaysAsync(CancellationToken cancellationToken)
    {
        var channels = await Market.Ledger.ChannelsAsync(null, cancellationToken);
        Pool.Prefer(channels
            .Where(channel => channel.Terms.Payer == Market.Wallet.Address && channel.Quarantine is null && channel.Reserved > channel.Signed)
            .Select(static channel => channel.Relay));
    }

    /// <summary>The metadata an earlier run kept.</summary>
    public async Task<TorrentInfo?> RememberedInfoAsync(CancellationToken cancellationToken) =>
        Target.Info ?? await _metadata.FindAsync(InfoHash, cancellationToken);

    /// <summary>Opens the place on disk and looks what is there already.</summary>
    /// <exception cref="ClientException">Pieces could not be verified.</exception>
    public async Task<DownloadContent> OpenContentAsync(TorrentInfo info, CancellationToken cancellationToken)
    {
        if (!info.HasAllHashes)
        {
            throw new ClientException(
                ExitCode.BadInput, "This torrent is BitTorrent v2 alone: a relay cannot give its piece hashes; use the .torrent file, which has them.");
        }

        await _metadata.KeepAsync(info, cancellationToken);
        var store = await PieceStore.OpenAsync(info, new PieceStoreOptions { Directory = Options.Directory }, cancellationToken);
        var content = new DownloadContent(store, Cheated, _stopping.Token);
        Volatile.Write(ref _content, content);
        if (content.VerifiedPieces > 0)
        {
            Report(DownloadEventKind.Resumed, null, $"{content.VerifiedPieces} of {content.Geometry.Count} pieces are here already.");
        }

        return content;
    }

    /// <summary>What is to be bought yet, as far as that is known.</summary>
    public ByteCount BytesLeft => Content is { } content ? new ByteCount(content.Geometry.Length - content.VerifiedBytes) : UnknownLength;

    /// <summary>What a channel to this relay is needed for.</summary>
    public ChannelWant Want(RelayOffer offer)
    {
        var fee = offer.Record.OpenFee;
        var bytes = Content is not null ? BytesLeft + Spare : fee == TokenAmount.Zero ? UnknownLength : UnknownLengthWithFee;
        var amount = offer.Price.Owed(bytes);
        amount = BudgetLeft is { } left ? TokenAmount.Min(amount, left.SubtractSaturating(fee)) : amount;
        return new ChannelWant(amount, MaximumFee(offer.Price), InfoHash);
    }

    /// <summary>Not more than the bytes cost, unless the user says so; and within the budget.</summary>
    private TokenAmount MaximumFee(PricePerMegabyte price) =>
        TokenAmount.Min(Options.MaximumFee ?? price.Owed(BytesLeft), BudgetLeft ?? TokenAmount.MaxValue);

    /// <summary>What was received on the channel and not paid when its last session of this run ended; null for a session of another run.</summary>
    public TokenAmount? DebtOf(LeasedChannel channel) =>
        _debts.TryGetValue(channel.Id, out var debt) ? debt : null;

    public void KeepDebt(ChannelId channel, TokenAmount debt) => _debts[channel] = debt;

    public bool IsCheater(RelayId relay) => _cheaters.ContainsKey(relay);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (Content is { } content)
        {
            await content.DisposeAsync();
        }

        // After the content: checking its last pieces may still stop a visit.
        foreach (var visit in _visits)
        {
            await visit.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private void Cheated(RelayId relay)
    {
        _cheaters[relay] = true;
        Pool.Ban(relay, "sent a piece with a wrong hash; banned for 24 hours");
        Report(DownloadEventKind.PieceRejected, relay, "A piece has a wrong hash; the relay is banned for 24 hours and not paid for it.");
        foreach (var visit in _visits.Where(visit => visit.Relay.Offer.Id == relay))
        {
            visit.Stop();
        }
    }
}
