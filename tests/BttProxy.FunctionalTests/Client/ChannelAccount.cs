using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.FunctionalTests.Client;

/// <summary>What a test relay was paid on one channel, and every voucher in the order in which it came.</summary>
internal sealed class ChannelAccount(ChannelTerms terms)
{
    private readonly Lock _gate = new();
    private readonly List<SignedVoucher> _vouchers = [];

    public ChannelTerms Terms { get; } = terms;

    public SignedVoucher? Last { get; private set; }

    public TokenAmount Accepted => Last?.Voucher.Cumulative ?? TokenAmount.Zero;

    public TestSession? Session { get; set; }

    /// <summary>A voucher that is lower than one before it, or equal to it and not identical: none may ever be signed.</summary>
    public SignedVoucher? Unordered { get; private set; }

    public IReadOnlyList<SignedVoucher> Vouchers
    {
        get
        {
            lock (_gate)
            {
                return [.. _vouchers];
            }
        }
    }

    /// <summary>What the channel's last session delivered and was not paid.</summary>
    public TokenAmount Debt() => Session is { } last ? last.Arithmetic.Debt(new ByteCount(last.Delivered), Accepted) : TokenAmount.Zero;

    public void Take(SignedVoucher voucher, ChannelDomain domain)
    {
        Assert.Equal(SignatureVerdict.Valid, voucher.Recover(domain, out var signer));
        Assert.Equal(Terms.Signer, signer);
        lock (_gate)
        {
            _vouchers.Add(voucher);
            if (Last is { } last && voucher != last && voucher.Voucher.Cumulative <= last.Voucher.Cumulative)
            {
                Unordered ??= voucher;
                return;
            }

            Last = voucher;
        }
    }
}
