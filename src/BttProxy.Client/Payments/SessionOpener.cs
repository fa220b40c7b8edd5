using System.Security.Cryptography;
using BttProxy.Client.Tunnels;
using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Payments;

namespace BttProxy.Client.Payments;

/// <summary>Opens a session on a channel, and believes the answer only as far as our own books allow.</summary>
internal sealed class SessionOpener(ChannelDomain domain, TimeProvider timeProvider)
{
    /// <param name="tunnel">To the relay.</param>
    /// <param name="channel">Pays.</param>
    /// <param name="owed">What our books say is received and unpaid on the channel; null when a crash lost them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PaymentException">The answer is not acceptable.</exception>
    /// <exception cref="TunnelException">The relay refused or cannot be reached.</exception>
    public async Task<SessionOpened> OpenAsync(RelayTunnel tunnel, LeasedChannel channel, TokenAmount? owed, CancellationToken cancellationToken)
    {
        var offer = tunnel.Offer;
        var request = new SessionRequest(
            channel.Id,
            channel.Epoch,
            offer.Signed.RecordHash,
            offer.Price,
            (ulong)timeProvider.GetUtcNow().ToUnixTimeSeconds(),
            new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length)));
        var opened = await tunnel.OpenSessionAsync(
            new OpenSession(
                ProtocolConstants.Version,
                channel.Channel.Terms,
                channel.Authorization,
                SessionProof.Create(request, domain, channel.SessionKey),
                offer.Price,
                channel.Channel.Highest),
            cancellationToken);

        // After a crash nobody knows what was received last: then one window is believed, the most that an honest relay lets run up.
        var believed = owed ?? offer.Price.Owed(opened.Window);
        var expected = new PayerExpectation(
            domain, channel.Id, channel.Epoch, channel.SessionKey.Address, offer.Price, channel.Channel.Signed, believed);
        var verdict = PayerRules.Check(opened, expected);
        return verdict == SessionOfferVerdict.Accepted
            ? opened
            : throw new PaymentException(VoucherRejection.Accepted, $"its session is not acceptable ({verdict})");
    }
}
