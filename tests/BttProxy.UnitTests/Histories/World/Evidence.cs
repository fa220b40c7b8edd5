using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>Everything that the invariants look at, after one step, each part from a source of its own.</summary>
internal sealed record Evidence
{
    /// <summary>The newest state, which a fork may undo.</summary>
    public required ContractBooks Head { get; init; }

    public required ContractBooks Solid { get; init; }

    /// <summary>After the step before.</summary>
    public required ContractBooks SolidBefore { get; init; }

    /// <summary>BTT in all wallets and in the contract, as the chain began.</summary>
    public required UInt128 Supply { get; init; }

    /// <summary>What each payer was given.</summary>
    public required ImmutableDictionary<TronAddress, UInt128> Given { get; init; }

    public required ImmutableArray<ChannelEvidence> Channels { get; init; }
}

/// <summary>One epoch of one channel: the wire, the chain's events, the relay's ledger, and the contract's own word.</summary>
internal sealed record ChannelEvidence
{
    public required ChannelId Id { get; init; }

    public required ulong Epoch { get; init; }

    public required TronAddress Payer { get; init; }

    public required TronAddress Payee { get; init; }

    public required bool IsPayerHonest { get; init; }

    public required bool IsRelayHonest { get; init; }

    public required PricePerMegabyte Price { get; init; }

    // Counted on the wire.
    public required long Delivered { get; init; }

    public required long Aborted { get; init; }

    public required long Verified { get; init; }

    public required UInt128 SignedMost { get; init; }

    public required UInt128 AcknowledgedMost { get; init; }

    public required long WindowMost { get; init; }

    public required bool HasSignedLower { get; init; }

    public required bool IsMemoryOld { get; init; }

    // How often each side's process was lost, and how often it began anew.
    public required int Sessions { get; init; }

    public required int RelayLosses { get; init; }

    public required int PayerLosses { get; init; }

    /// <summary>Bytes that the payer's vouchers have paid to this relay on all channels: what a window can have grown by.</summary>
    public required long PaidByPayer { get; init; }

    /// <summary>The final amount in the contract's event, when the epoch has closed for good.</summary>
    public UInt128? Final { get; init; }

    /// <summary>
    /// The relay's best voucher, or what the chain has paid if that is more (anybody may claim); null while it is down, or its ledger is at
    /// another epoch.
    /// </summary>
    public UInt128? Best { get; init; }

    /// <summary>What the contract says about the best voucher.</summary>
    public ClaimOutcome? Judged { get; init; }

    /// <summary>What the relay's ledger believes to be paid out; null as above.</summary>
    public UInt128? BookedClaimed { get; init; }
}
