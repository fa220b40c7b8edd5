using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Payments;

/// <summary>A good voucher is good in one place; numbers in brackets are attacks of the threat list.</summary>
public sealed class VoucherReplayTests
{
    private static readonly TokenAmount Amount = new(500);
    private static readonly ChannelDomain[] Domains =
    [
        Samples.Domain, new(728126428, Samples.Domain.Contract), new(3448148188, Samples.Domain.Contract),
        new(199, Samples.Domain.Contract), new(Samples.Domain.ChainId, Samples.Token),
    ];

    [Fact] // [3, 4: every voucher shown at every place]
    public void VoucherOfEveryChannelEpochRelayAndDomain_CountsWhereItWasMeantAlone()
    {
        var places = (
            from salt in new byte[] { 0x55, 0x56 }
            from payee in new[] { Samples.Payee, Samples.Token }
            from epoch in new ulong[] { 3, 4 }
            from domain in Domains
            select (Terms: Terms(salt, payee), Epoch: epoch, Domain: domain)).ToArray();
        foreach (var meant in places)
        {
            var voucher = new Voucher(meant.Terms.Id(meant.Domain), meant.Epoch, Amount).Sign(meant.Domain, Samples.Session);
            foreach (var shown in places)
            {
                Assert.Equal(meant == shown, IsAccepted(voucher, shown));

                // As the relay takes it: channel and epoch are its own, the message gives amount and signature.
                var moved = voucher with { Voucher = new Voucher(shown.Terms.Id(shown.Domain), shown.Epoch, Amount) };
                Assert.Equal(meant == shown, IsAccepted(moved, shown));
            }
        }
    }

    [Fact] // [1, 5: any order, with repetitions]
    public void VouchersInAnyOrder_LeaveTheHighestAndAreCreditedOnce() =>
        Gen.Int[1, 50].List[1, 60].Sample(
            amounts =>
            {
                var (last, credited) = ((SignedVoucher?)null, UInt128.Zero);
                foreach (var amount in amounts)
                {
                    var voucher = Vouchers[amount];
                    var before = last?.Voucher.Cumulative ?? TokenAmount.Zero;
                    var outcome = VoucherRules.Check(State(Samples.Terms, 3, Samples.Domain, last), voucher, Trusting);
                    if (outcome.Kind == VoucherOutcomeKind.Accepted)
                    {
                        credited += (voucher.Voucher.Cumulative - before).Units;
                        last = voucher;
                    }
                    else
                    {
                        Assert.Equal(voucher == last ? VoucherOutcomeKind.Repeated : VoucherOutcomeKind.Rejected, outcome.Kind);
                    }
                }

                Assert.Equal((UInt128)amounts.Max(), last!.Value.Voucher.Cumulative.Units);
                Assert.Equal((UInt128)amounts.Max(), credited);
            });

    private static SignedVoucher[] Vouchers { get; } =
        [.. Enumerable.Range(0, 51).Select(amount => Samples.Voucher((UInt128)amount, epoch: 3))];

    // Signatures are the other tests' subject.
    private static SignatureVerdict Trusting(SignedVoucher voucher, ChannelDomain domain, out TronAddress signer)
    {
        signer = Samples.Session.Address;
        return SignatureVerdict.Valid;
    }

    private static bool IsAccepted(SignedVoucher voucher, (ChannelTerms Terms, ulong Epoch, ChannelDomain Domain) place) =>
        VoucherRules.Check(State(place.Terms, place.Epoch, place.Domain, null), voucher).IsAccepted;

    private static VoucherCheckState State(ChannelTerms terms, ulong epoch, ChannelDomain domain, SignedVoucher? last) => new()
    {
        Policy = new VoucherPolicy
        {
            Domain = domain, Token = Samples.Token, Payee = terms.Payee, PayeeAuthorizer = Samples.Authorizer.Address,
        },
        Channel = new ChannelView
        {
            Id = terms.Id(domain), Terms = terms, Domain = domain, Epoch = epoch, Reserved = new TokenAmount(1_000_000), Last = last,
        },
        Account = new SessionAccount(new PricePerMegabyte(1_000_000), TokenAmount.Zero, TokenAmount.Zero),
        Credit = CreditWindow.Start(new ByteCount(1000), new ByteCount(1000)),
        UnixSeconds = 1_795_400_000,
    };

    private static ChannelTerms Terms(byte salt, TronAddress payee) =>
        new(
            Samples.Payer.Address, Samples.Session.Address, payee, Samples.Authorizer.Address, Samples.Token, 86_400, Samples.Repeat(salt));
}
