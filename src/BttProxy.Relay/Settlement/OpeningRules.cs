using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Money;
using BttProxy.Tron;

namespace BttProxy.Relay.Settlement;

/// <summary>What an authorisation must be before the relay spends a transaction on it; the signature last.</summary>
internal static class OpeningRules
{
    /// <summary>So many lifetimes of a transaction must be left: one that is dropped can then be sent again.</summary>
    private const int Lifetimes = 2;

    /// <param name="request">With an authorisation that raises what the chain has.</param>
    /// <param name="channel">As it is final on chain; null when it was never opened.</param>
    /// <param name="domain">From our configuration.</param>
    /// <param name="minimumDeposit">As in the relay's record.</param>
    /// <param name="now">The chain's clock: it judges the deadline.</param>
    /// <param name="lifetime">Of one transaction.</param>
    public static SessionRejection Check(
        OpenSession request, ChainChannel? channel, ChannelDomain domain, TokenAmount minimumDeposit, DateTimeOffset now, TimeSpan lifetime)
    {
        var (authorization, epoch) = (request.Authorization!, channel?.Epoch ?? 0);
        if (authorization.Epoch != epoch || request.Proof.Epoch != epoch)
        {
            return SessionRejection.WrongEpoch;
        }

        if (authorization.Amount < minimumDeposit)
        {
            return SessionRejection.BelowMinimumDeposit;
        }

        if (channel?.WithdrawAt is not null)
        {
            return SessionRejection.WithdrawPending;
        }

        if (authorization.Deadline < (ulong)(now + (lifetime * Lifetimes)).ToUnixTimeSeconds())
        {
            return SessionRejection.AuthorizationExpired;
        }

        var digest = authorization.ToOpenChannel(request.Terms.Id(domain)).Digest(domain);
        return Secp256k1.Recover(digest, authorization.Signature.Span, out var signer) != SignatureVerdict.Valid
            ? SessionRejection.AuthorizationBadSignature
            : signer == request.Terms.Payer ? SessionRejection.Accepted
            : SessionRejection.AuthorizationWrongSigner;
    }
}
