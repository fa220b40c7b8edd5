using BttProxy.BitTorrent;
using BttProxy.Client.Payments;
using BttProxy.Client.Tunnels;
using BttProxy.Client.Wallets;
using BttProxy.Ledger.Spending;
using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>
/// The user's program without tunnels and torrents: its ledger file, its judgement of sessions, its payer. Leases, keys and channels are
/// handled as its channel book does.
/// </summary>
internal sealed class HonestPayer(HistoryChain chain, HistoryClock clock, string directory, Secp256k1Key key, TrafficLog log, WireFaults faults) : IPayer
{
    private const ulong WithdrawDelay = 24 * 60 * 60;
    private const int MostAttempts = 40;

    private readonly Wallet _wallet = new(key);
    private readonly Dictionary<HistoryRelay, PayerSession> _sessions = [];
    private readonly Dictionary<ChannelId, TokenAmount> _debts = [];
    private readonly List<ChannelLease> _leases = [];
    private ClientLedger _ledger = null!;
    private TronChannelChain _connection = null!;
    private int _channels;
    private int _nonces;

    public Secp256k1Key Key => key;

    public IReadOnlyList<HistoryRelay> Relays => [.. _sessions.Keys];

    public ProcessLife Life { get; private set; } = new();

    public int Losses { get; private set; }

    private string LedgerPath => Path.Combine(directory, "ledger", "wallet.db");

    public async Task StartAsync()
    {
        Life = new ProcessLife();
        _ledger = await ClientLedger.OpenAsync(LedgerPath, clock, null, CancellationToken.None);
        _connection = chain.Connect(key, Life);
    }

    public Task OpenAsync(HistoryRelay relay, UInt128 want, int variant) => RunAsync(async () =>
    {
        Leave(relay);
        if (await AcquireAsync(relay, new TokenAmount(want)) is not { } channel)
        {
            return;
        }

        PayerSession? session = null;
        try
        {
            session = await OpenAsync(relay, channel);
        }
        finally
        {
            if (session is null)
            {
                channel.Dispose();
            }
        }

        if (session is not null)
        {
            _sessions[relay] = session;
            await session.Payer.SettlePastAsync(CancellationToken.None);
        }
    });

    public Task FetchAsync(HistoryRelay relay, int bytes, bool isGarbage, bool isAborted) => RunAsync(async () =>
    {
        if (_sessions.TryGetValue(relay, out var session))
        {
            await session.ReceiveAsync(bytes, isGarbage && !relay.IsHonest, isAborted);
            await session.Payer.PayDueAsync(isFinal: false, CancellationToken.None);
        }
    });

    public Task PayAsync(HistoryRelay relay, int variant) => RunAsync(async () =>
    {
        if (_sessions.TryGetValue(relay, out var session))
        {
            await session.Payer.PayDueAsync(isFinal: true, CancellationToken.None);
        }
    });

    public Task CloseAsync(HistoryRelay relay, int variant) => RunAsync(async () =>
    {
        if (!_sessions.TryGetValue(relay, out var session))
        {
            return;
        }

        session.VerifyRest();
        await session.Payer.PayDueAsync(isFinal: true, CancellationToken.None);
        if (variant % 2 == 0)
        {
            var (channel, amount) = (session.Channel, session.Payer.Signed);
            var deadline = (ulong)clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
            var close = new CooperativeClose(channel.Id, channel.Epoch, amount, deadline);
            await session.Wire.CloseAsync(
                new CloseSession(session.Payer.SessionId, null, CloseAuthorization.Create(close, chain.Domain, channel.SessionKey)), CancellationToken.None);
        }
        else
        {
            await session.Payer.CloseAsync(CancellationToken.None);
        }

        Leave(relay);
    });

    public async Task SnapshotAsync()
    {
        await EndAsync();
        Copy(Path.GetDirectoryName(LedgerPath)!, Path.Combine(directory, "snapshot"));
        await StartAsync();
    }

    public async Task RestoreAsync()
    {
        if (Directory.Exists(Path.Combine(directory, "snapshot")))
        {
            await EndAsync();
            NoteLoss(isMemoryOld: true);
            Copy(Path.Combine(directory, "snapshot"), Path.GetDirectoryName(LedgerPath)!);
            await StartAsync();
        }
    }

    public async Task RestartAsync()
    {
        NoteLoss(isMemoryOld: false);
        await EndAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _wallet.Dispose();
    }

    private async Task EndAsync()
    {
        foreach (var relay in _sessions.Keys.ToList())
        {
            Leave(relay);
        }

        // A lost process lets go of its locks.
        _leases.ForEach(static lease => lease.Dispose());
        _leases.Clear();
        _debts.Clear();
        _connection.Dispose();
        await _ledger.DisposeAsync();
    }

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await Life.RunAsync(async () =>
            {
                await work();
                return true;
            });
        }
        catch (ProcessLostException)
        {
            await RestartAsync();
        }
        catch (Exception failure) when (failure is PaymentException or TunnelException or ChainException)
        {
            foreach (var lease in _leases.Where(lease => _sessions.Values.All(session => session.Channel.Lease != lease)))
            {
                lease.Dispose();
            }

            // The program tells its user, and goes on with another relay or a new session.
        }
    }

    private void Leave(HistoryRelay relay)
    {
        if (_sessions.Remove(relay, out var session))
        {
            _debts[session.Channel.Id] = session.Payer.Owed;
            session.Dispose();
        }
    }

    private void NoteLoss(bool isMemoryOld)
    {
        Losses++;
        foreach (var traffic in log.All.Where(traffic => traffic.Terms.Payer == key.Address))
        {
            traffic.PayerLosses++;
            traffic.IsMemoryOld |= isMemoryOld;
        }
    }

    private async Task<PayerSession?> OpenAsync(HistoryRelay relay, LeasedChannel channel)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var record = relay.Record;
            var nonce = Keccak256.Hash([.. key.Address.Span, .. BitConverter.GetBytes(++_nonces)]);
            var request = new SessionRequest(
                channel.Id, channel.Epoch, record.RecordHash, relay.Price, (ulong)clock.GetUtcNow().ToUnixTimeSeconds(), nonce);
            await Life.PassAsync();
            faults.ThrowIfRequestIsLost();
            var outcome = await relay.OpenAsync(new OpenSession(
                ProtocolConstants.Version, channel.Channel.Terms, channel.Authorization,
                SessionProof.Create(request, chain.Domain, channel.SessionKey), relay.Price, channel.Channel.Highest));
            await Life.PassAsync();
            if (outcome.Opened is { } told)
            {
                return await AcceptAsync(relay, channel, told);
            }

            if (outcome.Rejection != SessionRejection.Accepted)
            {
                return null;
            }

            await chain.PassBlocksAsync(1);
        }

        return null;
    }

    private async Task<PayerSession> AcceptAsync(HistoryRelay relay, LeasedChannel channel, SessionOpened told)
    {
        var traffic = log.Of(channel.Channel.Terms, channel.Epoch, relay, isPayerHonest: true);
        traffic.Told(told.Window);
        traffic.Acknowledged(told.BaseAmount);
        traffic.Sessions++;
        var opener = new SessionOpener(_connection, _ledger, clock, null);
        TokenAmount? owed = _debts.TryGetValue(channel.Id, out var debt) ? debt : null;
        var opened = await opener.AcceptAsync(relay.IsHonest ? told : faults.Twist(told), channel, relay.Offer, owed, CancellationToken.None);
        var wire = new Wire(relay, traffic, Life, faults, log);
        var terms = new PaymentTerms(chain.Domain, default(InfoHash), null, NullLogger.Instance);
        var payer = new ChannelPayer(wire, _ledger, opened.Channel, opened.Terms, terms, clock);
        payer.SetPieceLength(PayerSession.PieceLength);
        return new PayerSession(relay, traffic, opened, payer, wire);
    }

    /// <summary>A channel to the relay that can pay as much as is wanted, if the deposit allows it.</summary>
    private async Task<LeasedChannel?> AcquireAsync(HistoryRelay relay, TokenAmount want)
    {
        foreach (var known in await _ledger.ChannelsAsync(relay.Record.Id, CancellationToken.None))
        {
            if (known.Quarantine is null && await TryUseAsync(relay, known, want) is { } usable)
            {
                return usable;
            }
        }

        var salt = Keccak256.Hash([.. key.Address.Span, 0, (byte)++_channels]);
        using var session = _wallet.DeriveSessionKey(salt);
        var terms = new ChannelTerms(key.Address, session.Address, relay.Payee, relay.Payee, chain.Token, WithdrawDelay, salt);
        var fresh = new ClientChannel { Id = terms.Id(chain.Domain), Relay = relay.Record.Id, Terms = terms, Epoch = 0, Reserved = TokenAmount.Zero };
        return await TryUseAsync(relay, fresh, want);
    }

    private async Task<LeasedChannel?> TryUseAsync(HistoryRelay relay, ClientChannel channel, TokenAmount want)
    {
        var onChain = await _connection.ChannelAsync(channel.Id, CancellationToken.None);
        if (onChain?.WithdrawAt is not null || _ledger.TryLease(channel.Id) is not { } lease)
        {
            return null;
        }

        _leases.Add(lease);
        var (epoch, held) = (onChain?.Epoch ?? channel.Epoch, onChain?.Reserved ?? TokenAmount.Zero);
        channel = await _ledger.SaveChannelAsync(lease, relay.Record.Id, channel.Terms, epoch, held, CancellationToken.None);
        var need = (channel.Signed + want).SubtractSaturating(held);
        var free = await _connection.DepositedAsync(key.Address, CancellationToken.None);
        var total = held + TokenAmount.Min(free, need);
        OpenAuthorization? authorization = null;
        if (total > held)
        {
            var deadline = (ulong)clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
            authorization = OpenAuthorization.Create(new OpenChannel(channel.Id, total, epoch, deadline), chain.Domain, key);
            channel = await _ledger.SaveChannelAsync(lease, relay.Record.Id, channel.Terms, epoch, total, CancellationToken.None);
        }

        log.Of(channel.Terms, epoch, relay, isPayerHonest: true);
        return new LeasedChannel(channel, lease, _wallet.DeriveSessionKey(channel.Terms.Salt), authorization)
        {
            Claimed = onChain?.Claimed ?? TokenAmount.Zero,
        };
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(to, "*.db*"))
        {
            File.Delete(file);
        }

        foreach (var file in Directory.GetFiles(from, "*.db*"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
