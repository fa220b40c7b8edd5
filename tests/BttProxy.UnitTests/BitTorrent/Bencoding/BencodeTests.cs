using System.Text;
using BttProxy.BitTorrent.Bencoding;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Bencoding;

public sealed class BencodeTests
{
    [Theory]
    [InlineData("", BencodeError.Truncated)]
    [InlineData("i1", BencodeError.Truncated)]
    [InlineData("i", BencodeError.Truncated)]
    [InlineData("l", BencodeError.Truncated)]
    [InlineData("d1:a", BencodeError.Truncated)]
    [InlineData("d1:ai1e", BencodeError.Truncated)]
    [InlineData("4", BencodeError.InvalidLength)]
    [InlineData("x", BencodeError.UnexpectedByte)]
    [InlineData("e", BencodeError.UnexpectedByte)]
    [InlineData("-1:a", BencodeError.UnexpectedByte)]
    [InlineData("0;", BencodeError.UnexpectedByte)]
    [InlineData("i-0e", BencodeError.InvalidInteger)]
    [InlineData("i01e", BencodeError.InvalidInteger)]
    [InlineData("i-01e", BencodeError.InvalidInteger)]
    [InlineData("ie", BencodeError.InvalidInteger)]
    [InlineData("i-e", BencodeError.InvalidInteger)]
    [InlineData("i e", BencodeError.InvalidInteger)]
    [InlineData("i1.5e", BencodeError.InvalidInteger)]
    [InlineData("i+1e", BencodeError.InvalidInteger)]
    [InlineData("i9223372036854775808e", BencodeError.InvalidInteger)]
    [InlineData("i-9223372036854775809e", BencodeError.InvalidInteger)]
    [InlineData("i111111111111111111111111111111e", BencodeError.InvalidInteger)]
    [InlineData("5:abcd", BencodeError.InvalidLength)]
    [InlineData("01:a", BencodeError.InvalidLength)]
    [InlineData("2147483648:a", BencodeError.InvalidLength)]
    [InlineData("99999999999999999999999999:a", BencodeError.InvalidLength)]
    [InlineData("di1ei1ee", BencodeError.KeyNotString)]
    [InlineData("d1:bi1e1:ai1ee", BencodeError.UnsortedKeys)]
    [InlineData("d1:ai1e1:ai1ee", BencodeError.DuplicateKey)]
    [InlineData("i1ei2e", BencodeError.TrailingBytes)]
    public void HostileBytes_AreRefusedWithTheReason(string text, BencodeError expected)
    {
        Assert.Equal(expected, Bencode.TryParse(Encoding.ASCII.GetBytes(text), out var value));
        Assert.Null(value);
    }

    [Theory]
    [InlineData('l')]
    [InlineData('d')]
    public void DeepNesting_IsRefused(char kind)
    {
        var unit = kind == 'l' ? "l" : "d1:a";
        var text = string.Concat(Enumerable.Repeat(unit, 60_000));
        Assert.Equal(BencodeError.TooDeep, Bencode.TryParse(Encoding.ASCII.GetBytes(text), out _));
    }

    [Fact]
    public void DepthLimit_IsExact()
    {
        var limits = new BencodeLimits { MaxDepth = 3 };
        Assert.Equal(BencodeError.None, Bencode.TryParse("llleee"u8.ToArray(), out _, limits));
        Assert.Equal(BencodeError.TooDeep, Bencode.TryParse("lllleeee"u8.ToArray(), out _, limits));
    }

    [Fact]
    public void TooManyValues_AreRefused()
    {
        var limits = new BencodeLimits { MaxValues = 3 };
        Assert.Equal(BencodeError.None, Bencode.TryParse("li1ei2ee"u8.ToArray(), out _, limits));
        Assert.Equal(BencodeError.TooManyValues, Bencode.TryParse("li1ei2ei3ee"u8.ToArray(), out _, limits));
    }

    [Fact]
    public void UnsortedKeys_AreTakenOnRequestButNeverTwice()
    {
        var limits = new BencodeLimits { AllowUnsortedKeys = true };
        var dictionary = Assert.IsType<BencodeDictionary>(Bencode.Parse("d1:bi1e1:ai2ee"u8.ToArray(), limits));
        Assert.Equal(2, dictionary.FindInteger("a"u8));
        Assert.Equal(1, dictionary.FindInteger("b"u8));
        Assert.Equal(BencodeError.DuplicateKey, Bencode.TryParse("d1:bi1e1:ai2e1:bi3ee"u8.ToArray(), out _, limits));
    }

    [Fact]
    public void Dictionary_FindsByKeyAndType()
    {
        var dictionary = Assert.IsType<BencodeDictionary>(Bencode.Parse("d1:ad1:xi-7ee2:bbl1:ye1:ci5e1:d3:abce"u8.ToArray()));
        Assert.Equal(-7, dictionary.FindDictionary("a"u8)?.FindInteger("x"u8));
        Assert.Equal("y", dictionary.FindList("bb"u8)?.Items[0].ToString());
        Assert.Equal("abc"u8.ToArray(), dictionary.FindString("d"u8)?.ToArray());
        Assert.Null(dictionary.FindString("c"u8));
        Assert.Null(dictionary.Find("zz"u8));
    }

    [Fact]
    public void Raw_IsTheBytesAsReceived()
    {
        var dictionary = Assert.IsType<BencodeDictionary>(Bencode.Parse("d4:infod4:name1:xee"u8.ToArray()));
        Assert.Equal("d4:name1:xe"u8.ToArray(), dictionary.Find("info"u8)!.Raw.ToArray());
    }

    [Fact]
    public void Prefix_LeavesWhatFollows()
    {
        Assert.Equal(BencodeError.None, Bencode.TryParsePrefix("d1:ai1eeDATA"u8.ToArray(), out var value, out var consumed));
        Assert.Equal(8, consumed);
        Assert.Equal(8, value!.Raw.Length);
    }

    [Fact]
    public void Parse_ThrowsWithTheReason() =>
        Assert.Equal(BencodeError.Truncated, Assert.Throws<BencodeException>(() => Bencode.Parse("l"u8.ToArray())).Error);
}
