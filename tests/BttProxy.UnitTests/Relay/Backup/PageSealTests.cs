using System.Security.Cryptography;
using BttProxy.Relay.Backup;
using Xunit;
using static BttProxy.UnitTests.Relay.Backup.BackupSamples;

namespace BttProxy.UnitTests.Relay.Backup;

public sealed class PageSealTests : IDisposable
{
    private static readonly UInt128 Amount = UInt128.Parse("123456789012345678901234567", null);

    private readonly PageSeal _seal = new(SHA256.HashData("key"u8), Domain);
    private readonly PageSeal _stranger = new(SHA256.HashData("another key"u8), Domain);
    private readonly BackupPage _page = Page(7, Entry(1, Amount), Entry(2, 5, epoch: 3));

    public void Dispose()
    {
        _seal.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public void Sealed_OpensToTheSamePage()
    {
        var opened = _seal.TryOpen(7, _seal.Seal(_page));

        Assert.Equal(_page.Entries, opened!.Entries);
        Assert.Equal(7, opened.Number);
    }

    [Fact]
    public void EveryPage_FillsOneItemOfTheDht()
    {
        Assert.Equal(996, _seal.Seal(Page(0)).Length);
        Assert.Equal(996, _seal.Seal(Page(0, [.. Enumerable.Range(0, 5).Select(i => Entry(i, Amount))])).Length);
    }

    [Fact]
    public void NothingOfTheContent_IsVisible()
    {
        var content = _seal.Seal(_page).AsSpan();
        foreach (var entry in _page.Entries)
        {
            Assert.True(content.IndexOf(entry.Terms.Payer.Span) < 0);
            Assert.True(content.IndexOf(entry.Terms.Payee.Span) < 0);
            Assert.True(content.IndexOf(entry.Voucher.Signature.Span[..16]) < 0);
        }
    }

    [Fact]
    public void SamePageTwice_HasNoBytesInCommonButTheVersion()
    {
        var (one, other) = (_seal.Seal(_page), _seal.Seal(_page));

        Assert.False(one.AsSpan(1, 12).SequenceEqual(other.AsSpan(1, 12)), "a nonce is used twice");
        Assert.InRange(one.Zip(other).Count(pair => pair.First == pair.Second), 0, 60);
    }

    [Fact]
    public void WrongKey_DoesNotOpen() => Assert.Null(_stranger.TryOpen(7, _seal.Seal(_page)));

    [Fact]
    public void AnotherPagesPlace_DoesNotOpen() => Assert.Null(_seal.TryOpen(8, _seal.Seal(_page)));

    [Fact]
    public void Truncated_DoesNotOpen()
    {
        var content = _seal.Seal(_page);
        for (var length = 0; length < content.Length; length++)
        {
            Assert.Null(_seal.TryOpen(7, content.AsSpan(0, length)));
        }

        Assert.Null(_seal.TryOpen(7, [.. content, 0]));
    }

    [Fact]
    public void AnyChangedBit_DoesNotOpen()
    {
        var content = _seal.Seal(_page);
        for (var bit = 0; bit < content.Length * 8; bit++)
        {
            content[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(_seal.TryOpen(7, content));
            content[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.NotNull(_seal.TryOpen(7, content));
    }
}
