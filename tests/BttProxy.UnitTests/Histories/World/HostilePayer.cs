using BttProxy.Client.Tunnels;
using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>Somebody who keeps no books and sends whatever might cheat a relay.</summary>
internal sealed class HostilePayer(HistoryChain chain, HistoryClock clock, Secp256k1Key key, TrafficLog log, WireFaults faults) : IPayer
{
    private const int MostAttempts = 40;

    // The third is below what relays take.
    private static readonly ulong[] Delays = [3_600, 7_200, 1_800];

    private readonly Dictionary<HistoryRelay, HostileSession> _sessions = [];
    private readonly VoucherForge _forge = new(chain.Domain, key);
    private int _nonces;

    public Secp256k1Key Key => key;

    public IReadOnlyList<HistoryRelay> Relays => [.. _sessions.Keys];

    public ProcessLife Life { get; private set; } = new();

    public int Losses { get; private set; }

    public Task OpenAsync(HistoryRelay relay, UInt128 want, int variant) => RunAsync(async () =>
    {
        var salt = Keccak256.Hash([.. key.Address.Span, 1, (byte)(variant % 2)]);
        var terms = new ChannelTerms(
            key.Address, key.Address, relay.Payee, relay.Payee, chain.Token, Delays[variant % 7 == 0 ? 2 : variant % 2], salt);
        var id = terms.Id(chain.Domain);
        var books = await chain.BooksAsync(isSolidified: true, [key.Address], [id]);
        var state = books.Channels.GetValueOrDefault(id) ?? new ChannelState(0, 0, 0);
        var total = new TokenAmount(state.Reserved + UInt128.Min(want, books.Deposits[key.Address]));
        var open = new OpenChannel(id, total, state.Epoch, (ulong)clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds());
        var traffic = log.Of(terms, state.Epoch, relay, isPayerHonest: false);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var nonce = Keccak256.Hash([.. key.Address.Span, 2, .. BitConverter.GetBytes(++_nonces)]);
            var request = new SessionRequest(
                id, state.Epoch, relay.Record.RecordHash, relay.Price, (ulong)clock.GetUtcNow().ToUnixTimeSeconds(), nonce);
            var outcome = await relay.OpenAsync(new OpenSession(
                ProtocolConstants.Version, terms, OpenAuthorization.Create(open, chain.Domain, key), SessionProof.Create(request, chain.Domain, key),
                relay.Price, null));
            if (outcome.Opened is { } opened)
            {
                traffic.Told(opened.Window);
                traffic.Acknowledged(opened.BaseAmount);
                traffic.Sessions++;
                _sessions[relay] = new HostileSession(traffic, opened, new Wire(relay, traffic, Life, faults, log));
            }

            if (outcome.Opened is not null || outcome.Rejection != SessionRejection.Accepted)
            {
                return;
            }

            await chain.PassBlocksAsync(1);
        }
    });

    public Task FetchAsync(HistoryRelay relay, int bytes, bool isGarbage, bool isAborted) => RunAsync(async () =>
    {
        if (_sessions.TryGetValue(relay, out var session))
        {
            session.Received += await Content.SendAsync(relay, session.Traffic, session.Opened.Token, bytes, isAborted);
        }
    });

    public Task PayAsync(HistoryRelay relay, int variant) => RunAsync(async () =>
    {
        if (!_sessions.TryGetValue(relay, out var session))
        {
            return;
        }

        var due = session.Account.CumulativeFor(new ByteCount(session.Received));
        var forged = _forge.Make(variant, session.Traffic, due, session.Opened.Window, log.Rows);
        log.Keep(session.Traffic.Terms, forged.Voucher);
        if (forged.IsGood)
        {
            log.Of(session.Traffic.Terms, forged.Voucher.Voucher.Epoch, relay, isPayerHonest: false).Signed(forged.Voucher.Voucher.Cumulative);
        }

        await session.Wire.PayAsync(PayVoucher.Create(session.Opened.SessionId, forged.Voucher), CancellationToken.None);
    });

    public Task CloseAsync(HistoryRelay relay, int variant) => RunAsync(async () =>
    {
        if (!_sessions.Remove(relay, out var session))
        {
            return;
        }

        // What the relay has accepted, nothing, or more than that.
        var (traffic, accepted) = (session.Traffic, session.Traffic.AcknowledgedMost);
        var final = new TokenAmount((variant % 3) switch { 0 => accepted, 1 => UInt128.Zero, _ => accepted + 1 });
        var deadline = (ulong)clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var close = new CooperativeClose(traffic.Terms.Id(chain.Domain), traffic.Epoch, final, deadline);
        traffic.Signed(final);
        await session.Wire.CloseAsync(
            new CloseSession(session.Opened.SessionId, null, CloseAuthorization.Create(close, chain.Domain, key)), CancellationToken.None);
    });

    public Task SnapshotAsync() => Task.CompletedTask;

    public Task RestoreAsync() => Task.CompletedTask;

    public Task RestartAsync()
    {
        Losses++;
        _sessions.Clear();
        Life = new ProcessLife();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        key.Dispose();
        return ValueTask.CompletedTask;
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
        catch (TunnelException)
        {
            // The next step tries something else.
        }
    }

    private sealed class HostileSession(Traffic traffic, SessionOpened opened, Wire wire)
    {
        public Traffic Traffic => traffic;

        public SessionOpened Opened => opened;

        public Wire Wire => wire;

        public long Received { get; set; }

        public SessionAccount Account { get; } = new(opened.Price, opened.BaseAmount, opened.Outstanding);
    }
}
