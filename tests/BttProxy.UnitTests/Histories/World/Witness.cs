using System.Collections.Immutable;
using BttProxy.Devnet.Chain.Node;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>Gathers the evidence after each step.</summary>
internal sealed class Witness(HistoryChain chain, TrafficLog log, IReadOnlyCollection<TronAddress> owners, ImmutableDictionary<TronAddress, UInt128> given)
{
    private static readonly UInt128 WholeSupply = UInt128.Parse("990000000000000000000000000000000", null);

    private readonly BttChannelsEvents _events = new(chain.Domain.Contract);
    private readonly Dictionary<(ChannelId, ulong), UInt128> _finals = [];
    private readonly Dictionary<SignedBest, ClaimOutcome> _judged = [];
    private ContractBooks? _before;
    private long _scanned;

    /// <summary>Epochs that ended for good.</summary>
    public int Closed => _finals.Count;

    public async Task<Evidence> LookAsync()
    {
        await ScanAsync();
        var ids = log.Channels;
        var solid = await chain.BooksAsync(isSolidified: true, owners, ids);
        var channels = ImmutableArray.CreateBuilder<ChannelEvidence>();
        foreach (var traffic in log.All)
        {
            channels.Add(await LookAsync(traffic, solid));
        }

        var evidence = new Evidence
        {
            Head = await chain.BooksAsync(isSolidified: false, owners, ids),
            Solid = solid,
            SolidBefore = _before ?? solid,
            Supply = WholeSupply,
            Given = given,
            Channels = channels.ToImmutable(),
        };
        _before = solid;
        return evidence;
    }

    private async Task<ChannelEvidence> LookAsync(Traffic traffic, ContractBooks solid)
    {
        var (terms, relay) = (traffic.Terms, traffic.Relay);
        var id = terms.Id(chain.Domain);
        var known = relay.IsUp ? await relay.Ledger.FindChannelAsync(id, CancellationToken.None) : null;
        known = known?.OnChain.Epoch == traffic.Epoch ? known : null;
        var isOpen = solid.Channels.TryGetValue(id, out var state) && state.Epoch == traffic.Epoch;
        return new ChannelEvidence
        {
            Id = id,
            Epoch = traffic.Epoch,
            Payer = terms.Payer,
            Payee = terms.Payee,
            IsPayerHonest = traffic.IsPayerHonest,
            IsRelayHonest = relay.IsHonest,
            Price = relay.Price,
            Delivered = traffic.Delivered,
            Aborted = traffic.Aborted,
            Verified = traffic.Verified,
            SignedMost = traffic.SignedMost,
            AcknowledgedMost = traffic.AcknowledgedMost,
            WindowMost = traffic.WindowMost,
            HasSignedLower = traffic.HasSignedLower,
            IsMemoryOld = traffic.IsMemoryOld,
            Sessions = traffic.Sessions,
            RelayLosses = traffic.RelayLosses,
            PayerLosses = traffic.PayerLosses,
            PaidByPayer = log.All.Where(other => other.Relay == relay && other.Terms.Payer == terms.Payer)
                .Sum(other => relay.Price.Covered(new(other.AcknowledgedMost)).Value),
            Final = _finals.TryGetValue((id, traffic.Epoch), out var final) ? final : null,
            Best = known is null ? null : UInt128.Max(known.Best?.Voucher.Cumulative.Units ?? 0, isOpen ? state!.Claimed : 0),
            Judged = isOpen && relay.IsHonest && known?.Best is { } best ? await JudgeAsync(new ClaimRow(terms, best), state!) : null,
            BookedClaimed = known?.OnChain.Claimed.Units,
        };
    }

    /// <summary>Asks the contract's bytecode, once for each voucher and state of its channel.</summary>
    private async Task<ClaimOutcome> JudgeAsync(ClaimRow row, ChannelState state)
    {
        var key = new SignedBest(row.Voucher, state);
        if (!_judged.TryGetValue(key, out var outcome))
        {
            var call = new TriggerSmartContract
            {
                ContractAddress = ByteString.CopyFrom([0x41, .. chain.Domain.Contract.Span]),
                Data = ByteString.CopyFrom(BttChannelsCalls.Judge([row])),
            };
            var answer = await chain.Chain.ReadAsync(view => NodeAnswers.Call(view, call), isSolidified: true, CancellationToken.None);
            outcome = BttChannelsResults.TryReadOutcomes(answer.ConstantResult[0].Span, 1, out var outcomes)
                ? outcomes[0]
                : throw new InvalidOperationException("The contract does not judge.");
            _judged[key] = outcome;
        }

        return outcome;
    }

    /// <summary>Reads what closed in the blocks that became solid.</summary>
    private Task ScanAsync() => chain.Chain.ReadAsync(
        view =>
        {
            for (; _scanned < view.Number; _scanned++)
            {
                foreach (var log in view.InfosOf(_scanned + 1).SelectMany(static info => info.Log))
                {
                    var read = new ContractLog(
                        new TronAddress(log.Address.Span), [.. log.Topics.Select(static topic => new Bytes32(topic.Span))], log.Data.Memory);
                    if (_events.TryRead(read, out var found) && found is ChannelClosedEvent closed)
                    {
                        _finals[(closed.ChannelId, closed.Epoch)] = closed.Final.Units;
                    }
                }
            }

            return true;
        },
        isSolidified: true, CancellationToken.None);

    private sealed record SignedBest(SignedVoucher Voucher, ChannelState State);
}
