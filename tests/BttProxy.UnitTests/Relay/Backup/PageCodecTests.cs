using System.Collections.Immutable;
using System.Security.Cryptography;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Backup;
using CsCheck;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

public sealed class PageCodecTests
{
    // What a page is made of is stored outside for years: the first bytes of each field stay where they are.
    private const int FirstEntry = 61;
    private const int Salt = FirstEntry + 45;
    private const int Epoch = Salt + 32;
    private const int Amount = Epoch + 8;
    private const int Signature = Amount + 16;
    private const int SecondEntry = Signature + 65;

    [Fact]
    public void Layout_IsFrozen()
    {
        var entry = Entry(1, (UInt128)0x0102 << 64, epoch: 0x0304);
        var page = Write([entry, Entry(2, 9)]);

        Assert.Equal(967, page.Length);
        Assert.Equal(2, page[0]);
        Assert.Equal(entry.Terms.Payee.ToArray(), page.AsSpan(1, 20).ToArray());
        Assert.Equal(entry.Terms.PayeeAuthorizer.ToArray(), page.AsSpan(21, 20).ToArray());
        Assert.Equal(entry.Terms.Token.ToArray(), page.AsSpan(41, 20).ToArray());
        Assert.Equal(entry.Terms.Payer.ToArray(), page.AsSpan(FirstEntry, 20).ToArray());
        Assert.Equal(entry.Terms.Signer.ToArray(), page.AsSpan(FirstEntry + 20, 20).ToArray());
        Assert.Equal([0, 0, 1, 0x51, 0x80], page.AsSpan(FirstEntry + 40, 5).ToArray());
        Assert.Equal(entry.Terms.Salt.ToArray(), page.AsSpan(Salt, 32).ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 0, 3, 4], page.AsSpan(Epoch, 8).ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0], page.AsSpan(Amount, 16).ToArray());
        Assert.Equal(entry.Voucher.Signature.ToArray(), page.AsSpan(Signature, 65).ToArray());
        Assert.Equal(Terms(2).Payer.ToArray(), page.AsSpan(SecondEntry, 20).ToArray());
    }

    [Fact]
    public void Extremes_AreReadAsWritten()
    {
        var entry = Entry(1, UInt128.MaxValue, ulong.MaxValue);

        Assert.True(PageCodec.TryRead(Write([entry]), Domain, out var read));
        Assert.Equal([entry], read);
    }

    [Fact]
    public void AnyEntries_AreReadAsWritten() => AnyEntry.List[0, 5].Sample(entries =>
    {
        var page = entries.DistinctBy(e => e.Id).Where(e => PageCodec.ShareParties(e.Terms, entries[0].Terms)).ToImmutableArray();
        Assert.True(PageCodec.TryRead(Write(page), Domain, out var read));
        Assert.Equal(page, read);
    });

    [Fact]
    public void MutatedPages_AreRefusedOrReadAsWhatTheyAre()
    {
        var good = Write([Entry(1, 5), Entry(2, 6), Entry(3, 7)]);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length - 1], Gen.Byte).Sample((at, value, alsoAt, alsoValue) =>
        {
            var page = good.ToArray();
            (page[at], page[alsoAt]) = (value, alsoValue);
            Assert.True(!PageCodec.TryRead(page, Domain, out var read) || Write(read).AsSpan().SequenceEqual(page), "read as something else");
        });
    }

    [Fact]
    public void RandomBytes_AreRefused() => Gen.Byte.Array[0, 2000].Sample(bytes =>
        Assert.True(!PageCodec.TryRead(bytes, Domain, out var read) || Write(read).AsSpan().SequenceEqual(bytes)));

    [Theory]
    [InlineData(6)]
    [InlineData(255)]
    public void MoreEntriesThanFit_AreRefused(byte count)
    {
        var page = Write([Entry(1, 5)]);
        page[0] = count;

        Assert.False(PageCodec.TryRead(page, Domain, out _));
    }

    [Fact]
    public void SameChannelTwice_IsRefused()
    {
        var page = Write([Entry(1, 5), Entry(2, 6)]);
        page.AsSpan(FirstEntry, SecondEntry - FirstEntry).CopyTo(page.AsSpan(SecondEntry));

        Assert.False(PageCodec.TryRead(page, Domain, out _));
    }

    [Fact]
    public void VoucherOfNothing_IsRefused()
    {
        var page = Write([Entry(1, 5)]);
        page.AsSpan(Amount, TokenAmount.EncodedLength).Clear();

        Assert.False(PageCodec.TryRead(page, Domain, out _));
    }

    [Fact]
    public void BytesAfterTheEnd_AreRefused()
    {
        var page = Write([]);
        page[^1] = 1;

        Assert.False(PageCodec.TryRead(page, Domain, out _));
    }

    [Fact]
    public void ChannelId_IsComputedInTheReadersDomain()
    {
        var other = new BttProxy.Protocol.Channels.ChannelDomain(1, Address("another contract"));

        Assert.True(PageCodec.TryRead(Write([Entry(1, 5)]), other, out var read));
        Assert.Equal(Terms(1).Id(other), read[0].Id);
    }

    [Fact]
    public void DifferentParties_DoNotShareAPage() =>
        Assert.Throws<ArgumentException>(() => Write([Entry(5, 1), Entry(6, 1)]));

    private static byte[] Write(ImmutableArray<BackupEntry> entries)
    {
        var page = RandomNumberGenerator.GetBytes(PageCodec.Length);
        PageCodec.Write(entries, page);
        return page;
    }
}
