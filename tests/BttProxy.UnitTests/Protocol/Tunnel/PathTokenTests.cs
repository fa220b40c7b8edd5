using BttProxy.Protocol.Tunnel;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.Protocol.Tunnel;

public sealed class PathTokenTests
{
    // The first second of a 20-minute period.
    private static readonly DateTimeOffset PeriodStart = DateTimeOffset.FromUnixTimeSeconds(1_795_400_400);

    [Theory]
    [InlineData(0, PathTokenVerdict.Valid)]
    [InlineData(1199, PathTokenVerdict.Valid)]
    [InlineData(1200, PathTokenVerdict.Valid)]
    [InlineData(2399, PathTokenVerdict.Valid)]
    [InlineData(2400, PathTokenVerdict.WrongKeyOrPeriod)]
    [InlineData(-1, PathTokenVerdict.Valid)]
    [InlineData(-1200, PathTokenVerdict.Valid)]
    [InlineData(-1201, PathTokenVerdict.WrongKeyOrPeriod)]
    public void Token_IsAcceptedOnePeriodAround(int seconds, PathTokenVerdict expected)
    {
        var token = PathToken.Create(Samples.Repeat(0x22), PeriodStart);
        Assert.Equal(expected, PathToken.Check(Samples.Repeat(0x22), token, PeriodStart.AddSeconds(seconds), out var nonce));
        Assert.Equal(expected == PathTokenVerdict.Valid, nonce != 0);
    }

    [Fact]
    public void Token_HasTheFrozenConstruction()
    {
        // HMAC-SHA256 computed with a second implementation (Python) for nonce 00..0f and this period.
        const string Token = "AAECAwQFBgcICQoLDA0ODz2JtRT3bfTDTv_J4whYUiI";
        Assert.Equal(PathTokenVerdict.Valid, PathToken.Check(Samples.Repeat(0x22), Token, PeriodStart, out var nonce));
        Assert.Equal(new UInt128(0x0001020304050607, 0x08090A0B0C0D0E0F), nonce);
    }

    [Fact]
    public void TwoTokens_Differ() =>
        Assert.NotEqual(PathToken.Create(default, PeriodStart), PathToken.Create(default, PeriodStart));

    [Fact]
    public void AnotherKeyOrAnyChangedCharacter_IsRefused()
    {
        var token = PathToken.Create(Samples.Repeat(0x22), PeriodStart);
        Assert.Equal(PathTokenVerdict.WrongKeyOrPeriod, PathToken.Check(Samples.Repeat(0x23), token, PeriodStart, out _));
        for (var index = 0; index < token.Length; index++)
        {
            foreach (var character in "AZaz09-_ =+/%")
            {
                var changed = token.ToCharArray();
                changed[index] = character;
                Assert.Equal(
                    character == token[index],
                    PathToken.Check(Samples.Repeat(0x22), changed, PeriodStart, out _) == PathTokenVerdict.Valid);
            }
        }
    }

    [Fact]
    public void ArbitraryText_IsNoToken()
    {
        Gen.String.Sample(text => Assert.NotEqual(PathTokenVerdict.Valid, PathToken.Check(default, text, PeriodStart, out _)));
        Gen.Char.Array[43].Sample(text => Assert.NotEqual(PathTokenVerdict.Valid, PathToken.Check(default, text, PeriodStart, out _)));
    }
}
