using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.FunctionalTests.Client;

/// <summary>How a test relay misbehaves. The default is honest.</summary>
internal sealed record RelayBehaviour
{
    /// <summary>Every response flips the content's byte at this offset.</summary>
    public long? CorruptAt { get; init; }

    /// <summary>After this many content bytes in all, responses stand still.</summary>
    public long? StallAfter { get; init; }

    /// <summary>Every response stands still after this many bytes.</summary>
    public long? FreezeAfter { get; init; }

    /// <summary>After this many content bytes in all, connections are cut and the relay is gone.</summary>
    public long? DieAfter { get; init; }

    /// <summary>Sessions are refused with this code.</summary>
    public SessionRejection Refuses { get; init; }

    /// <summary>Claimed as debt of earlier sessions that never were.</summary>
    public TokenAmount InventedDebt { get; init; }

    /// <summary>What a session left unpaid is asked for in the next one on the channel, as real relays do.</summary>
    public bool CarriesDebt { get; init; }

    /// <summary>Answered to every voucher, without taking it.</summary>
    public VoucherRejection RejectsVouchers { get; init; }

    /// <summary>Vouchers are taken, but the first this many answers are lost.</summary>
    public int LostAnswers { get; init; }

    /// <summary>A channel's close on chain is not signed.</summary>
    public bool RefusesToClose { get; init; }

    /// <summary>The window at the channel's first session.</summary>
    public long Window { get; init; } = 256 << 10;

    /// <summary>Bytes per write.</summary>
    public int ChunkBytes { get; init; } = 64 << 10;

    /// <summary>Pause after each write, to keep a download going for a while.</summary>
    public TimeSpan Pace { get; init; }
}
