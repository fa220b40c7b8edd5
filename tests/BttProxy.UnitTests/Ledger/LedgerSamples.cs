using System.Security.Cryptography;
using System.Text;
using BttProxy.Ledger.Earnings;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.UnitTests.Ledger;

/// <summary>Channels and vouchers with made-up addresses and signatures: the ledger stores them, it does not check them.</summary>
internal static class LedgerSamples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 30, 0, TimeSpan.Zero);

    private static readonly ChannelDomain Domain = new(1, Address("contract"));

    public static TronAddress Address(string name) => new(Hash(name).AsSpan(0, TronAddress.Length));

    public static RelayId RelayNamed(string name) => new(new Bytes32(Hash(name)));

    public static ChannelTerms Terms(string name) => new(
        Address("payer"), Address(name + " signer"), Address("payee"), Address("authorizer"), Address("token"), 86_400, new Bytes32(Hash(name)));

    public static ChannelId Id(string name) => Terms(name).Id(Domain);

    public static SignedVoucher Voucher(string channel, ulong amount, ulong epoch = 0, string signature = "") =>
        Voucher(Id(channel), amount, epoch, signature);

    public static SignedVoucher Voucher(ChannelId id, UInt128 amount, ulong epoch = 0, string signature = "")
    {
        byte[] bytes = [.. Hash($"{id} {amount} {epoch} {signature}"), .. Hash("s"), 27];
        return new SignedVoucher(new Voucher(id, epoch, new TokenAmount(amount)), new RecoverableSignature(bytes));
    }

    public static SessionRecord Session(string channel, long delivered, long paid = 0, ulong debt = 0, int number = 1) => new()
    {
        Id = new SessionId((UInt128)number),
        ChannelId = Id(channel),
        Epoch = 0,
        Price = new PricePerMegabyte(7),
        Base = new TokenAmount(11),
        Outstanding = new TokenAmount(13),
        Delivered = new ByteCount(delivered),
        Forgiven = new ByteCount(5),
        Paid = new ByteCount(paid),
        Window = new ByteCount(262_144),
        Debt = new TokenAmount(debt),
        OpenedAt = Now,
    };

    public static Task<RelayChannel> SaveAsync(this RelayLedger ledger, string name, ulong reserved = 1000, ulong epoch = 0, ulong claimed = 0)
    {
        var state = new OnChainState(epoch, new TokenAmount(reserved), new TokenAmount(claimed));
        return ledger.SaveChannelAsync(Id(name), Terms(name), state, TestContext.Current.CancellationToken);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
