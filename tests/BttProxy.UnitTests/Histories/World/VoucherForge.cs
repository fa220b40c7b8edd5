using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Tron;
using BttProxy.UnitTests.Tron.Contracts.World;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>Vouchers as a cheat makes them; some are good.</summary>
internal sealed class VoucherForge(ChannelDomain domain, Secp256k1Key key)
{
    public const int Variants = 16;

    /// <param name="variant">Which; taken modulo <see cref="Variants"/>.</param>
    /// <param name="traffic">The session's channel.</param>
    /// <param name="due">What an honest payer would sign.</param>
    /// <param name="window">The session's.</param>
    /// <param name="others">Vouchers that were made before, of any channel.</param>
    public (SignedVoucher Voucher, bool IsGood) Make(
        int variant, Traffic traffic, TokenAmount due, ByteCount window, IReadOnlyList<ClaimRow> others)
    {
        var id = traffic.Terms.Id(domain);
        var honest = new Voucher(id, traffic.Epoch, due);
        var last = new TokenAmount(traffic.AcknowledgedMost);
        switch (variant % Variants)
        {
            case 0:
                return Good(honest with { Cumulative = due + new TokenAmount(1) });
            case 1:
                return Good(honest with { Cumulative = new TokenAmount(last.Units + ((due.SubtractSaturating(last)).Units / 2)) });
            case 2:
                return Good(honest with { Cumulative = last });
            case 3:
                return Good(honest with { Cumulative = new TokenAmount(last.Units / 2) });
            case 4:
                return Good(honest with { Cumulative = due + traffic.Relay.Price.Owed(window) });
            case 5:
                return Good(honest with { Cumulative = due + traffic.Relay.Price.Owed(window + window) });
            case 6:
                return Good(honest with { Cumulative = new TokenAmount(UInt128.One << 112) });
            case 7:
                return Good(honest with { Epoch = traffic.Epoch + 1 });
            case 8:
                var row = others.Count == 0 ? null : others[variant / Variants % others.Count];
                return (new SignedVoucher(honest, row?.Voucher.Signature ?? key.Sign(Bytes32.Zero)), false);
            case 9:
                return (honest.Sign(new ChannelDomain(domain.ChainId + 1, domain.Contract), key), false);
            case 10:
                return (new SignedVoucher(honest, new SignatureMutations(variant).Next(honest.Digest(domain), key)), true);
            case 11:
                return (honest.Sign(domain, ChannelsWorld.Stranger), false);
            default:
                return Good(honest);
        }
    }

    private (SignedVoucher, bool) Good(Voucher voucher) => (voucher.Sign(domain, key), true);
}
