using System.Net;
using BttProxy.BitTorrent.Transport.Utp;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Transport.Utp;

public sealed class SynCookiesTests
{
    private static readonly UtpKey Syn = UtpKey.Of(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 6881).Serialize(), 77);
    private readonly SynCookies _cookies = new();

    [Fact]
    public void FirstPackets_TellTheNumberOfTheirSyn()
    {
        var first = _cookies.FirstSequence(Syn, sequence: 65535, now: 0);
        for (var i = 1; i <= UtpLimits.MaxFirstPackets; i++)
        {
            var header = new UtpHeader { Sequence = SequenceNumber.Add(65535, i), Ack = SequenceNumber.Add(first, -1) };
            Assert.True(_cookies.TryRead(Syn, header, now: 70 * UtpLimits.Second, out var sequence));
            Assert.Equal(65535, sequence);
        }
    }

    [Fact]
    public void PacketsThatGuess_AlmostNeverDo()
    {
        var hits = 0;
        for (var guess = 0; guess < 65536; guess++)
        {
            hits += _cookies.TryRead(Syn, new UtpHeader { Sequence = 5, Ack = (ushort)guess }, now: 0, out _) ? 1 : 0;
        }
        Assert.InRange(hits, 1, 2 * UtpLimits.MaxFirstPackets);
    }

    [Fact]
    public void AddressAndTime_BelongToTheSecret()
    {
        UtpKey[] others =
        [
            Syn, Syn with { ConnectionId = 78 }, Syn with { Port = 1 }, UtpKey.Of(new IPEndPoint(IPAddress.Parse("192.0.2.2"), 6881).Serialize(), 77),
            UtpKey.Of(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 6881).Serialize(), 77),
        ];
        var numbers = others.Select(key => _cookies.FirstSequence(key, 1, 0)).Append(_cookies.FirstSequence(Syn, 1, 61 * UtpLimits.Second));
        // Two of six numbers of 16 bits may be equal by chance, three are not.
        Assert.True(numbers.Distinct().Count() >= 5);
    }

    [Fact]
    public void Keys_TellAddressesOfBothFamiliesApart()
    {
        var key = UtpKey.Of(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 0x1234).Serialize(), 9);
        Assert.Equal(new UtpKey(UInt128.Parse("20010db8000000000000000000000001", System.Globalization.NumberStyles.HexNumber), 0x1234, 9), key);
        Assert.Equal(new UtpKey(0xC0000201, 6881, 77), Syn);
    }
}
