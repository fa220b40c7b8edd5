using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using CsCheck;

namespace BttProxy.UnitTests.Relay.Backup;

/// <summary>Channels with made-up addresses and signatures: a backup keeps them, only a restore checks them.</summary>
internal static class BackupSamples
{
    public static readonly ChannelDomain Domain = new(3448148188, Address("contract"));

    /// <summary>Any channel's entry, with few channels, epochs and amounts, so that they meet.</summary>
    public static Gen<BackupEntry> AnyEntry { get; } =
        Gen.Select(Gen.Int[0, 30], Gen.ULong[0, 2], Gen.ULong[1, 12], Gen.Int[0, 1])
            .Select((channel, epoch, amount, signature) => Entry(channel, amount, epoch, signature));

    public static TronAddress Address(string name) => new(Hash(name).AsSpan(0, TronAddress.Length));

    /// <summary>Every seventh channel has another payee.</summary>
    public static ChannelTerms Terms(int channel) => new(
        Address($"payer {channel}"), Address($"signer {channel}"), Address(channel % 7 == 6 ? "other payee" : "payee"), Address("authorizer"),
        Address("token"), 86_400, new Bytes32(Hash($"salt {channel}")));

    public static BackupEntry Entry(int channel, UInt128 amount, ulong epoch = 0, int signature = 0)
    {
        var terms = Terms(channel);
        byte[] bytes = [.. Hash($"{channel} {amount} {epoch} {signature}"), .. Hash("s"), 27];
        return new BackupEntry(
            terms, new SignedVoucher(new Voucher(terms.Id(Domain), epoch, new TokenAmount(amount)), new RecoverableSignature(bytes)));
    }

    public static BackupCopy Copy(params BackupPage[] pages) => new([.. pages], [], []);

    public static BackupPage Page(int number, params BackupEntry[] entries) => new(number, [.. entries]);

    /// <summary>What a ledger knows that accepted these vouchers and was paid <paramref name="claimed"/> for each.</summary>
    public static LedgerView Knowing(IEnumerable<BackupEntry> entries, ulong claimed = 0)
    {
        var view = new LedgerView();
        foreach (var entry in entries)
        {
            view.Add(entry.Id, entry.Voucher.Voucher.Epoch, new TokenAmount(claimed), entry);
        }

        return view;
    }

    public static LedgerView Nothing => new();

    /// <summary>The copy after a plan was written.</summary>
    public static BackupCopy After(PagePlan plan) => new(plan.Pages, [], []);

    /// <summary>The best entry of each channel.</summary>
    public static ImmutableSortedDictionary<string, BackupEntry> Best(IEnumerable<BackupEntry> entries) => entries
        .GroupBy(entry => entry.Id.ToString())
        .ToImmutableSortedDictionary(group => group.Key, group => group.Aggregate(BackupEntry.Better), StringComparer.Ordinal);

    public static async Task<RelayLedger> OpenLedgerAsync(string path, TimeProvider time, CancellationToken cancellationToken) =>
        await RelayLedger.OpenAsync(path, time, null, cancellationToken);

    public static async Task EarnAsync(this RelayLedger ledger, BackupEntry entry, CancellationToken cancellationToken)
    {
        var state = new OnChainState(entry.Voucher.Voucher.Epoch, new TokenAmount(1000), TokenAmount.Zero);
        await ledger.SaveChannelAsync(entry.Id, entry.Terms, state, cancellationToken);
        await ledger.AcceptVoucherAsync(entry.Voucher, null, cancellationToken);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
