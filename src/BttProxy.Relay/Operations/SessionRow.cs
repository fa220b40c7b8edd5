using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Operations;

/// <summary>One live session. What its client fetches is not here: nobody needs to see that beside who pays.</summary>
internal sealed record SessionRow
{
    public required ChannelId Channel { get; init; }

    public required TronAddress Payer { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required SessionActivity Activity { get; init; }

    /// <summary>Handed to the client since the session began.</summary>
    public required long BytesDelivered { get; init; }

    /// <summary>Of these, given up for lost with aborted responses.</summary>
    public required long BytesForgiven { get; init; }

    /// <summary>Covered by vouchers.</summary>
    public required long BytesPaid { get; init; }

    /// <summary>May still be sent before the next voucher.</summary>
    public required long BytesCredit { get; init; }

    /// <summary>How much credit the payer has earned, at most.</summary>
    public required long BytesWindow { get; init; }

    /// <summary>Owed for delivered bytes that no voucher covers yet.</summary>
    public required TokenAmount Debt { get; init; }

    /// <summary>Bytes per second to the client, measured over the last second.</summary>
    public required long Rate { get; init; }
}

/// <summary>What a session does.</summary>
internal enum SessionActivity
{
    /// <summary>A response runs.</summary>
    Serving,

    /// <summary>A response waits for a voucher.</summary>
    WaitsForPayment,

    /// <summary>No response runs.</summary>
    Idle,

    /// <summary>The payer takes its money back: no further credit.</summary>
    Frozen,
}

internal sealed record SessionsQuery;

/// <param name="Running">False beside a stopped relay.</param>
/// <param name="Sessions">The fastest first.</param>
/// <param name="TooMany">Further ones, slower than all that are shown.</param>
internal sealed record SessionsReport(bool Running, IReadOnlyList<SessionRow> Sessions, int TooMany);
