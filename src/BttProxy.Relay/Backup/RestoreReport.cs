using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Relay.Backup;

/// <summary>What a restore did.</summary>
internal sealed record RestoreReport(ImmutableArray<RestoreReport.Line> Lines)
{
    public TokenAmount Value => Lines.Where(line => line.Verdict == RestoreVerdict.Restored)
        .Aggregate(TokenAmount.Zero, (sum, line) => sum + line.Value);

    public int Count(RestoreVerdict verdict) => Lines.Count(line => line.Verdict == verdict);

    /// <param name="Channel">The channel.</param>
    /// <param name="Verdict">What became of the voucher.</param>
    /// <param name="Cumulative">The voucher's amount.</param>
    /// <param name="Value">What a claim still brings; zero unless it was restored.</param>
    /// <param name="WithdrawAt">Unix seconds from which the payer may take it back: claim before; null when not asked for.</param>
    internal sealed record Line(ChannelId Channel, RestoreVerdict Verdict, TokenAmount Cumulative, TokenAmount Value, ulong? WithdrawAt);
}
