using System.Globalization;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;

namespace BttProxy.Benchmarks.Figures;

/// <summary>
/// All rules of one voucher as a relay's session checks it, per second of one core: with the portable signature code and with the
/// platform's libsecp256k1, which recovers a session's first voucher; the others are verified with the key that it gave. The reference is
/// the bare public-key recovery of the same signatures, which would be needed for each without that.
/// </summary>
internal sealed class VoucherChecks : IFigure
{
    private const int Vouchers = 4_000;
    private const int Rounds = 5;
    private const double PortableBudget = 5_000;
    private const double NativeBudget = 18_000;

    private readonly VoucherCheckState[] _states = new VoucherCheckState[Vouchers];
    private readonly SignedVoucher[] _vouchers = new SignedVoucher[Vouchers];
    private readonly ChannelDomain _domain = new(1, Secp256k1Key.Generate().Address);

    private TronAddress _signer;

    public string Name => "voucher-checks";

    public Task<Figure> MeasureAsync(CancellationToken cancellationToken)
    {
        Prepare();
        var (portable, bare) = Measure(Secp256k1Backend.Portable, cancellationToken);
        var native = Secp256k1.Backend == Secp256k1Backend.Native
            ? Measure(Secp256k1Backend.Native, cancellationToken)
            : ((double Checks, double Bare)?)null;
        return Task.FromResult(new Figure
        {
            Name = Name,
            Value = Math.Round(portable),
            Unit = "vouchers/s/core",
            Reference = "bare public-key recovery, portable",
            ReferenceValue = Math.Round(bare),
            Ratio = Math.Round(portable / bare, 3),
            Budget = ">= 5000 vouchers/s/core",
            NativeValue = native is { } value ? Math.Round(value.Checks) : null,
            NativeBudget = native is null ? null : ">= 18000 vouchers/s/core",
            Pass = portable >= PortableBudget && native?.Checks is not < NativeBudget,
            Details = native is { } both
                ? new Dictionary<string, double> { ["nativeBareRecovery"] = Math.Round(both.Bare) }
                : null,
        });
    }

    /// <summary>Vouchers of one channel, each checked against the state that the one before it left.</summary>
    private void Prepare()
    {
        using var signer = Secp256k1Key.Generate();
        _signer = signer.Address;
        var other = Secp256k1Key.Generate().Address;
        var terms = new ChannelTerms(other, signer.Address, other, other, other, 86_400, Bytes32.Zero);
        var policy = new VoucherPolicy { Domain = _domain, Token = other, Payee = other, PayeeAuthorizer = other };
        var account = new SessionAccount(new PricePerMegabyte(1_000_000), TokenAmount.Zero, TokenAmount.Zero);
        var credit = CreditWindow.Start(CreditWindow.DefaultCeiling, CreditWindow.DefaultCeiling);
        SignedVoucher? last = null;
        for (var i = 0; i < Vouchers; i++)
        {
            credit = credit.Deliver(new ByteCount(10_000));
            var channel = new ChannelView
            {
                Id = terms.Id(_domain), Terms = terms, Domain = _domain, Epoch = 0, Reserved = TokenAmount.MaxValue, Last = last,
            };
            var cumulative = account.CumulativeFor(credit.Delivered);
            last = _vouchers[i] = new Voucher(channel.Id, 0, cumulative).Sign(_domain, signer);
            _states[i] = new VoucherCheckState { Policy = policy, Channel = channel, Account = account, Credit = credit, UnixSeconds = 0 };
            credit = credit.Pay(account.PaidBytes(cumulative));
        }
    }

    private (double Checks, double Bare) Measure(Secp256k1Backend backend, CancellationToken cancellationToken)
    {
        var (checks, bare) = (0.0, 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bare = Math.Max(bare, PerSecond(i => Recover(_vouchers[i], _domain, out _) == SignatureVerdict.Valid));
            var signer = new KnownSigner(backend, _signer);
            checks = Math.Max(
                checks, PerSecond(i => VoucherRules.Check(_states[i], _vouchers[i], signer.Recover).Code == VoucherRejection.Accepted));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{backend}: {checks:n0}/s, bare {bare:n0}/s"));
        }

        return (checks, bare);

        SignatureVerdict Recover(SignedVoucher voucher, ChannelDomain domain, out TronAddress signer) =>
            Secp256k1.Recover(backend, voucher.Voucher.Digest(domain), voucher.Signature.Span, out signer);
    }

    private static double PerSecond(Func<int, bool> check)
    {
        // Per second of processor time: one thread works, and what else the machine does is no property of the check.
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Vouchers; i++)
        {
            if (!check(i))
            {
                throw new InvalidOperationException($"Voucher {i} was not accepted.");
            }
        }

        return Vouchers / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
