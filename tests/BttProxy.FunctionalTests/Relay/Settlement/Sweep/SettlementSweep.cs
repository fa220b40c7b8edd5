using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using BttProxy.Devnet.Chain;
using BttProxy.Devnet.Chain.Node;
using BttProxy.FunctionalTests.Relay.World;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.FunctionalTests.Relay.Settlement.Sweep;

/// <summary>
/// Kills a relay's settlement at one point after the other, each time on fresh channels, starts it again, and counts on the chain how often each
/// channel was paid.
/// </summary>
internal sealed class SettlementSweep : IAsyncDisposable
{
    private const ulong Day = 24 * 3600;
    private static readonly TokenAmount Reserve = new(1_000);
    private static readonly TokenAmount[] Vouchers = [new(101), new(202), new(303)];

    private readonly Secp256k1Key _payer = Secp256k1Key.Generate();
    private readonly Secp256k1Key _signer = Secp256k1Key.Generate();
    private readonly Secp256k1Key _relay = Secp256k1Key.Generate();
    private readonly Secp256k1Key _stranger = Secp256k1Key.Generate();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bttproxy-sweep-");
    private readonly DevnetChain _devnet;
    private readonly NetworkDescription _network;
    private readonly TronNode _node;
    private readonly TronChannelChain _chain;
    private readonly BttChannelsEvents _events;
    private readonly Func<string, int, Process> _start;

    private SettlementSweep(DevnetChain devnet, Func<string, int, Process> start)
    {
        (_devnet, _start) = (devnet, start);
        _network = new NetworkDescription
        {
            Name = "sweep",
            ChainId = devnet.Domain.ChainId,
            Contract = devnet.Domain.Contract,
            Token = devnet.Token,
            DhtBootstrap = [],
            AllowPrivateAddresses = true,
            Chain = devnet.Description,
        };
        _node = new TronNode(new TronNodeOptions { Endpoints = [devnet.Host.Endpoint], RequestsPerSecond = 1000 }, TimeProvider.System);
        _chain = new TronChannelChain(_node, _network.Domain, _network.Token, _stranger, new TronChannelOptions(), TimeProvider.System);
        _events = new BttChannelsEvents(_network.Contract);
    }

    /// <param name="start">Starts a <see cref="ClaimingProcess"/> on a directory, to be killed at a point; at none with 0.</param>
    /// <param name="blockTime">Zero: every transaction is final at once.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<SettlementSweep> StartAsync(
        Func<string, int, Process> start, TimeSpan blockTime, CancellationToken cancellationToken)
    {
        var chainDirectory = Directory.CreateTempSubdirectory("bttproxy-sweep-chain-").FullName;
        var options = new NodeOptions { BlockTime = blockTime, BlocksToSolidify = 4, Gift = DevnetChain.Gift };
        var devnet = await DevnetChain.StartAsync(
            chainDirectory, options, new IPEndPoint(IPAddress.Loopback, 0), TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        var sweep = new SettlementSweep(devnet, start);
        var funds = new TokenAmount(1_000_000_000);
        await devnet.FaucetAsync(sweep._payer.Address, funds, cancellationToken);
        await sweep._chain.DepositAsync(sweep._payer, funds, cancellationToken);
        return sweep;
    }

    /// <summary>Trials until there is no such point any more: the last one is not killed.</summary>
    /// <param name="fault">What the chain does besides.</param>
    /// <param name="step">1 takes each point, 3 each third one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<SweepTrial> RunAsync(
        SettlementFault fault, int step, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var killAt = step; ; killAt += step)
        {
            var trial = await TryAsync(killAt, fault, cancellationToken);
            yield return trial;
            if (!trial.WasKilled)
            {
                yield break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _chain.Dispose();
        await _devnet.DisposeAsync();
        foreach (var key in new[] { _payer, _signer, _relay, _stranger })
        {
            key.Dispose();
        }

        _directory.Delete(recursive: true);
    }

    private async Task<SweepTrial> TryAsync(int killAt, SettlementFault fault, CancellationToken cancellationToken)
    {
        var directory = _directory.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;
        var files = new ClaimingProcess(directory);
        var payee = new TronAddress(RandomNumberGenerator.GetBytes(TronAddress.Length));
        var first = (await _node.SolidifiedAsync(cancellationToken)).Number;
        var rows = await Task.WhenAll(Vouchers.Select(amount => OpenAsync(payee, amount, cancellationToken)));

        // One payer takes the money back: its claim goes alone.
        await _chain.AcceptAsync(await _chain.PrepareRequestWithdrawAsync(_payer, rows[^1].Terms, cancellationToken), cancellationToken);
        await FillLedgerAsync(files, rows, cancellationToken);
        if (fault == SettlementFault.FrontRun)
        {
            await _chain.BroadcastClaimAsync((await _chain.PrepareClaimAsync(rows[..1], cancellationToken)).Payload, cancellationToken);
        }

        _devnet.Host.Front.Chain.Faults.TransactionsToDrop = fault == SettlementFault.Dropped ? 1 : 0;
        _devnet.Host.Front.Chain.Faults.TransactionsToStarve = fault == SettlementFault.Starved ? 1 : 0;
        var wasKilled = !await RunAsync(files, directory, killAt, cancellationToken);
        var isDone = !wasKilled || await RunAsync(files, directory, killAt: 0, cancellationToken);
        return new SweepTrial(
            killAt, wasKilled, isDone ? await ProblemAsync(files, rows, payee, first, cancellationToken) : "the restarted relay was killed");
    }

    private async Task<bool> RunAsync(ClaimingProcess files, string directory, int killAt, CancellationToken cancellationToken)
    {
        using var process = _start(directory, killAt);
        return await files.HasDoneItsWorkAsync(process, cancellationToken);
    }

    private async Task<ClaimRow> OpenAsync(TronAddress payee, TokenAmount amount, CancellationToken cancellationToken)
    {
        var salt = new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length));
        var terms = new ChannelTerms(_payer.Address, _signer.Address, payee, _relay.Address, _network.Token, Day, salt);
        var id = terms.Id(_network.Domain);
        var open = new OpenChannel(id, Reserve, 0, (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        var opening = await _chain.PrepareOpenAsync(terms, open, _payer.Sign(open.Digest(_network.Domain)), cancellationToken);
        await _chain.AcceptAsync(opening, cancellationToken);
        var voucher = new Voucher(id, 0, amount);
        return new ClaimRow(terms, new SignedVoucher(voucher, _signer.Sign(voucher.Digest(_network.Domain))));
    }

    private async Task FillLedgerAsync(ClaimingProcess files, ClaimRow[] rows, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(files.NetworkFile, _network.ToJson(), cancellationToken);
        await File.WriteAllBytesAsync(files.KeyFile, _relay.Export(), cancellationToken);
        await using var ledger = await RelayLedger.OpenAsync(files.LedgerFile, TimeProvider.System, null, cancellationToken);
        foreach (var row in rows)
        {
            var id = row.Voucher.Voucher.ChannelId;
            var now = (await _chain.ChannelAsync(id, cancellationToken))!;
            await ledger.SaveChannelAsync(id, row.Terms, new OnChainState(now.Epoch, now.Reserved, now.Claimed, now.WithdrawAt), cancellationToken);
            await ledger.AcceptVoucherAsync(row.Voucher, null, cancellationToken);
        }
    }

    /// <summary>Judged by the chain's events and balances, and by a ledger that was opened again.</summary>
    private async Task<string?> ProblemAsync(
        ClaimingProcess files, ClaimRow[] rows, TronAddress payee, long firstBlock, CancellationToken cancellationToken)
    {
        var paid = await PaymentsAsync(firstBlock, cancellationToken);
        await using var ledger = await RelayLedger.OpenAsync(files.LedgerFile, TimeProvider.System, null, cancellationToken);
        foreach (var row in rows)
        {
            var (id, amount) = (row.Voucher.Voucher.ChannelId, row.Voucher.Voucher.Cumulative);
            var payments = paid.Where(payment => payment.ChannelId == id && payment.Paid > TokenAmount.Zero).ToList();
            if (payments is not [var only] || only.Paid != amount)
            {
                return $"channel {id} was paid {payments.Count} times";
            }

            var known = (await ledger.FindChannelAsync(id, cancellationToken))!;
            if (known.OnChain.Claimed != amount)
            {
                return $"the ledger knows {known.OnChain.Claimed} of {amount} of channel {id} as claimed";
            }
        }

        var expected = rows.Aggregate(TokenAmount.Zero, static (sum, row) => sum + row.Voucher.Voucher.Cumulative);
        var left = await ledger.UnfinishedTransactionsAsync(cancellationToken);
        return await _chain.BalanceAsync(payee, cancellationToken) != expected ? "the payee's balance is wrong"
            : left.Count > 0 || (await ledger.ClaimsAsync(ClaimState.Queued, 10, cancellationToken)).Count > 0 ? "something is left in the outbox"
            : null;
    }

    private async Task<List<ClaimRowResult>> PaymentsAsync(long firstBlock, CancellationToken cancellationToken)
    {
        var rows = new List<ClaimRowResult>();
        var last = (await _node.SolidifiedAsync(cancellationToken)).Number;
        for (var block = firstBlock; block <= last; block++)
        {
            foreach (var outcome in await _node.OutcomesAsync(block, cancellationToken))
            {
                rows.AddRange(outcome.Logs.Select(log => _events.TryRead(log, out var read) ? read : null).OfType<RowEvent>().Select(static row => row.Result));
            }
        }

        return rows;
    }
}
