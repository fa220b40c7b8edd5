using System.Net;
using System.Text;
using BttProxy.BitTorrent.Wire;
using CsCheck;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Wire;

public sealed class PeerExchangeMessageTests
{
    private static readonly Gen<IPEndPoint> EndPoints = Gen.Select(
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.Int[1, 65535], static (address, port) => new IPEndPoint(new IPAddress(address), port));

    [Fact]
    public void Message_HasTheFormOfTheSpecification()
    {
        var message = new PeerExchangeMessage(
            [
                new ExchangedPeer(IPEndPoint.Parse("[2606:4700::1]:258"), ExchangedPeerFlags.None),
                new ExchangedPeer(IPEndPoint.Parse("97.98.99.100:25958"), ExchangedPeerFlags.UploadOnly | ExchangedPeerFlags.IsReachable),
            ],
            [IPEndPoint.Parse("103.104.105.106:27500")]);
        Assert.Equal(
            "d5:added6:abcdef7:added.f1:\u00126:added618:&\u0006G\0\0\0\0\0\0\0\0\0\0\0\0\u0001\u0001\u00028:added6.f1:\07:dropped6:ghijkl8:dropped60:e",
            Encoding.Latin1.GetString(message.Write()));
    }

    [Fact]
    public void Message_IsReadBack() =>
        Gen.Select(EndPoints.List[0, 50], EndPoints.List[0, 50], Gen.Byte).Sample((added, dropped, flags) =>
        {
            var written = new PeerExchangeMessage(added.ConvertAll(peer => new ExchangedPeer(peer, (ExchangedPeerFlags)flags)), dropped).Write();
            var read = PeerExchangeMessage.TryParse(written)!;
            // The two families come apart on the wire.
            Assert.Equal(added.OrderBy(peer => peer.AddressFamily), read.Added.Select(peer => peer.EndPoint));
            Assert.Equal(dropped.OrderBy(peer => peer.AddressFamily), read.Dropped);
            Assert.All(read.Added, peer => Assert.Equal(flags, (byte)peer.Flags));
        });

    [Theory]
    [InlineData("de", 0)]
    [InlineData("d5:addedi1ee", 0)]
    [InlineData("d5:addedle7:added.fi5ee", 0)]
    [InlineData("d5:added13:abcdefghijklme", 2)]
    [InlineData("d5:added12:abcd\0\0ghijkle", 1)]
    public void Oddities_AreLeftOut(string text, int added) =>
        Assert.Equal(added, PeerExchangeMessage.TryParse(Encoding.Latin1.GetBytes(text))!.Added.Count);

    [Theory]
    [InlineData("")]
    [InlineData("le")]
    [InlineData("d5:added6:abc")]
    public void WhatIsNoDictionary_IsRefused(string text) => Assert.Null(PeerExchangeMessage.TryParse(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Flood_IsCut()
    {
        Assert.Equal(50, PeerExchangeMessage.TryParse(Encoding.ASCII.GetBytes($"d5:added6000:{new string('a', 6000)}e"))!.Added.Count);
        Assert.Null(PeerExchangeMessage.TryParse(Encoding.ASCII.GetBytes($"d5:added60000:{new string('a', 60_000)}e")));
        Assert.Null(PeerExchangeMessage.TryParse(Encoding.ASCII.GetBytes(new string('l', 10_000))));
    }
}
