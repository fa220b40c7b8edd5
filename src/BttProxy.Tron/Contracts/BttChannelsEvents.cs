using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Contracts;

/// <summary>Reads the events of one <c>BttChannels</c>. Others' events, unknown ones and damaged ones are no events.</summary>
/// <param name="contract">Whose events count.</param>
public sealed class BttChannelsEvents(TronAddress contract)
{
    private static readonly Bytes32 Deposited = Topic("Deposited(address,address,uint256)");
    private static readonly Bytes32 Withdrawn = Topic("Withdrawn(address,address,uint256)");
    private static readonly Bytes32 PayoutDeferred = Topic("PayoutDeferred(address,address,uint256)");
    private static readonly Bytes32 RowClaimed = Topic("RowClaimed(bytes32,uint64,uint128,uint128)");
    private static readonly Bytes32 RowSkipped = Topic("RowSkipped(bytes32,uint8,uint64,uint128)");
    private static readonly Bytes32 WithdrawRequested = Topic("WithdrawRequested(bytes32,uint64,uint64)");
    private static readonly Bytes32 ChannelClosed = Topic("ChannelClosed(bytes32,uint64,uint128,uint128,uint128)");
    private static readonly Bytes32 ChannelOpened =
        Topic("ChannelOpened(bytes32,address,address,address,address,address,uint40,bytes32,uint64,uint128)");

    /// <summary>What the topics of a <c>ChannelOpened</c> of this payer are; null where any will do.</summary>
    internal static ImmutableArray<Bytes32?> TopicsOfOpened(TronAddress payer)
    {
        Span<byte> word = stackalloc byte[AbiWriter.WordLength];
        payer.CopyTo(word[^TronAddress.Length..]);
        return [ChannelOpened, null, new Bytes32(word)];
    }

    public bool TryRead(ContractLog log, [NotNullWhen(true)] out BttChannelsEvent? read)
    {
        read = log.Contract != contract || log.Topics.IsDefaultOrEmpty ? null : Read(log);
        return read is not null;
    }

    /// <summary>What became of the rows of the claims among these logs, in order.</summary>
    public ImmutableArray<ClaimRowResult> RowsOf(IEnumerable<ContractLog> logs) =>
        [.. logs.Select(log => TryRead(log, out var read) ? read : null).OfType<RowEvent>().Select(static row => row.Result)];

    private static BttChannelsEvent? Read(ContractLog log)
    {
        var topic = log.Topics[0];
        var words = new byte[3 * AbiWriter.WordLength];
        if (log.Topics.Length > 4)
        {
            return null;
        }

        for (var i = 1; i < log.Topics.Length; i++)
        {
            log.Topics[i].CopyTo(words.AsSpan((i - 1) * AbiWriter.WordLength));
        }

        var indexed = new AbiReader(words.AsSpan(0, (log.Topics.Length - 1) * AbiWriter.WordLength));
        var data = new AbiReader(log.Data.Span);
        BttChannelsEvent? read =
            topic == Deposited ? new DepositedEvent(indexed.Address(), indexed.Address(), Amount(ref data))
            : topic == Withdrawn ? new WithdrawnEvent(indexed.Address(), indexed.Address(), Amount(ref data))
            : topic == PayoutDeferred ? new PayoutDeferredEvent(indexed.Address(), indexed.Address(), Amount(ref data))
            : topic == ChannelOpened ? Opened(ref indexed, ref data)
            : topic == RowClaimed ? Claimed(ref indexed, ref data)
            : topic == RowSkipped ? Skipped(ref indexed, ref data)
            : topic == WithdrawRequested ? new WithdrawRequestedEvent(Id(ref indexed), data.Number(), data.Number())
            : topic == ChannelClosed ? new ChannelClosedEvent(Id(ref indexed), data.Number(), Amount(ref data), Amount(ref data), Amount(ref data))
            : null;
        return indexed.IsValid && data.IsValid ? read : null;
    }

    private static ChannelOpenedEvent Opened(ref AbiReader indexed, ref AbiReader data)
    {
        var (id, payer, payee) = (Id(ref indexed), indexed.Address(), indexed.Address());
        var (signer, authorizer, token) = (data.Address(), data.Address(), data.Address());
        var (delay, salt) = (data.Number(ProtocolConstants.MaxUInt40), data.Word());
        return new ChannelOpenedEvent(
            id, new ChannelTerms(payer, signer, payee, authorizer, token, delay, salt), data.Number(), Amount(ref data));
    }

    private static RowEvent Claimed(ref AbiReader indexed, ref AbiReader data)
    {
        var (id, epoch) = (Id(ref indexed), data.Number());
        return new RowEvent(new ClaimRowResult(id, ClaimOutcome.Claimed, Amount(ref data), Amount(ref data)), epoch);
    }

    private static RowEvent Skipped(ref AbiReader indexed, ref AbiReader data)
    {
        var (id, outcome, epoch) = (Id(ref indexed), (ClaimOutcome)data.Number((ulong)ClaimOutcome.WrongSigner), data.Number());
        return new RowEvent(new ClaimRowResult(id, outcome, TokenAmount.Zero, Amount(ref data)), epoch);
    }

    private static ChannelId Id(ref AbiReader reader) => new(reader.Word());

    private static TokenAmount Amount(ref AbiReader reader) => new(reader.Amount());

    private static Bytes32 Topic(string signature) => Keccak256.Hash(Encoding.ASCII.GetBytes(signature));
}
