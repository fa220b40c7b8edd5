using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Settlement;
using BttProxy.Tron;
using BttProxy.UnitTests.Protocol;
using Xunit;

namespace BttProxy.UnitTests.Relay.Settlement;

/// <summary>payments.md V28: everything is checked before a transaction is spent.</summary>
public sealed class OpeningRulesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_795_400_000);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private static readonly ulong Enough = (ulong)Now.ToUnixTimeSeconds() + 120;
    private static readonly TokenAmount Minimum = new(5);

    [Fact]
    public void Honest_IsAccepted()
    {
        Assert.Equal(SessionRejection.Accepted, Check(Authorize()));
        Assert.Equal(SessionRejection.Accepted, Check(Authorize(epoch: 3), proofEpoch: 3, channel: Channel(epoch: 3)));
    }

    [Fact]
    public void DeadlineWithinTwoLifetimesOfATransaction_IsExpired() =>
        Assert.Equal(SessionRejection.AuthorizationExpired, Check(Authorize(deadline: Enough - 1)));

    [Fact]
    public void AnotherEpoch_IsRefused()
    {
        Assert.Equal(SessionRejection.WrongEpoch, Check(Authorize(epoch: 1)));
        Assert.Equal(SessionRejection.WrongEpoch, Check(Authorize(), proofEpoch: 1));
        Assert.Equal(SessionRejection.WrongEpoch, Check(Authorize(), channel: Channel(epoch: 1)));
    }

    [Fact]
    public void LessThanTheMinimumDeposit_IsRefused() => Assert.Equal(SessionRejection.BelowMinimumDeposit, Check(Authorize(amount: 4)));

    [Fact]
    public void ChannelWhosePayerWithdraws_IsRefused() =>
        Assert.Equal(SessionRejection.WithdrawPending, Check(Authorize(), channel: Channel(epoch: 0) with { WithdrawAt = 1 }));

    [Fact]
    public void SignedBySomebodyElse_IsRefused()
    {
        Assert.Equal(SessionRejection.AuthorizationWrongSigner, Check(Authorize(key: Samples.Session)));
        Assert.Equal(SessionRejection.AuthorizationBadSignature, Check(Authorize() with { Signature = default }));
    }

    private static ChainChannel Channel(ulong epoch) => new(null, new TokenAmount(1), TokenAmount.Zero, epoch, null);

    private static OpenAuthorization Authorize(ulong amount = 5, ulong epoch = 0, ulong? deadline = null, Secp256k1Key? key = null) =>
        OpenAuthorization.Create(
            new OpenChannel(Samples.ChannelId, new TokenAmount(amount), epoch, deadline ?? Enough), Samples.Domain, key ?? Samples.Payer);

    private static SessionRejection Check(OpenAuthorization authorization, ulong proofEpoch = 0, ChainChannel? channel = null)
    {
        var request = new SessionRequest(Samples.ChannelId, proofEpoch, default, default, 0, default);
        return OpeningRules.Check(
            new OpenSession(
                ProtocolConstants.Version, Samples.Terms, authorization, SessionProof.Create(request, Samples.Domain, Samples.Session), default, null),
            channel, Samples.Domain, Minimum, Now, Lifetime);
    }
}
