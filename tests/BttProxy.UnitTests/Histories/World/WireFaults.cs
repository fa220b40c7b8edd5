using BttProxy.Client.Tunnels;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>What goes wrong between client and relay.</summary>
internal sealed class WireFaults
{
    private static readonly ByteCount Absurd = new(1L << 50);

    public int RequestsToLose { get; set; }

    public int AnswersToLose { get; set; }

    /// <summary>What a hostile relay says next instead of the truth; 0 for the truth.</summary>
    public int Lie { get; set; }

    public void ThrowIfRequestIsLost()
    {
        if (RequestsToLose > 0)
        {
            RequestsToLose--;
            throw Lost();
        }
    }

    public void ThrowIfAnswerIsLost()
    {
        if (AnswersToLose > 0)
        {
            AnswersToLose--;
            throw Lost();
        }
    }

    public VoucherAnswer Twist(VoucherAnswer answer) => TakeLie() switch
    {
        1 => answer with { AcceptedTotal = answer.AcceptedTotal + new TokenAmount(1_000_000) },
        2 => answer with { Window = Absurd },
        3 => answer with { Code = VoucherRejection.NotAboveLast, AcceptedTotal = TokenAmount.Zero },
        4 => answer with { Code = VoucherRejection.DoesNotCoverDelivery, AcceptedTotal = TokenAmount.Zero },
        5 => answer with { PaidBytes = ByteCount.Zero, AcceptedTotal = TokenAmount.Zero },
        6 => answer with { Code = VoucherRejection.NotAboveLast, LastVoucher = Raised(answer.LastVoucher) },
        _ => answer,
    };

    public SessionOpened Twist(SessionOpened opened) => TakeLie() switch
    {
        1 => opened with { BaseAmount = opened.BaseAmount + new TokenAmount(1_000_000) },
        2 => opened with { Window = Absurd, WindowCeiling = Absurd, Outstanding = new TokenAmount(50_000_000) },
        3 => opened with { Outstanding = opened.Outstanding + opened.Price.Owed(opened.Window) },
        4 => opened with { Price = new PricePerMegabyte(opened.Price.Units * 2) },
        5 => opened with { BaseAmount = TokenAmount.Zero, LastVoucher = null, Outstanding = opened.BaseAmount },
        6 => opened with { LastVoucher = Raised(opened.LastVoucher) },
        7 => opened with { Window = opened.WindowCeiling },
        _ => opened,
    };

    private int TakeLie()
    {
        var lie = Lie;
        Lie = 0;
        return lie;
    }

    private static SignedVoucher? Raised(SignedVoucher? voucher) =>
        voucher is { } known ? known with { Voucher = known.Voucher with { Cumulative = known.Voucher.Cumulative + new TokenAmount(1) } } : null;

    private static TunnelException Lost() => new(TunnelFault.ConnectionLost, "the connection broke on request");
}
