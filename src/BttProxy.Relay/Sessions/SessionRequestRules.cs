using BttProxy.Protocol;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Messages;
using BttProxy.Protocol.Payments;
using BttProxy.Protocol.Relays;

namespace BttProxy.Relay.Sessions;

/// <summary>What can be said of a session request without the chain or the ledger; cheap things first, the signature last.</summary>
internal static class SessionRequestRules
{
    /// <param name="request">The request.</param>
    /// <param name="policy">What the relay takes.</param>
    /// <param name="agreed">The record of ours that the request names; null when it names none whose terms still hold.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="skew">Seconds that the client's clock may differ.</param>
    public static SessionRejection Check(
        OpenSession request, VoucherPolicy policy, RelayRecord? agreed, ulong now, ulong skew)
    {
        var (terms, proof) = (request.Terms, request.Proof);
        var refusal = request.Version != ProtocolConstants.Version ? SessionRejection.UnsupportedVersion
            : agreed is null ? SessionRejection.WrongRecord
            : proof.Price != agreed.Price ? SessionRejection.WrongPrice
            : request.Bid != agreed.Price ? SessionRejection.WrongBid
            : Distance(proof.Timestamp, now) > skew ? SessionRejection.StaleTimestamp
            : terms.Token != policy.Token ? SessionRejection.WrongToken
            : terms.Payee != policy.Payee ? SessionRejection.WrongPayee
            : terms.PayeeAuthorizer != policy.PayeeAuthorizer ? SessionRejection.WrongAuthorizer
            : terms.WithdrawDelay < policy.MinWithdrawDelay || terms.WithdrawDelay > policy.MaxWithdrawDelay
                ? SessionRejection.WithdrawDelayOutOfRange
            : SessionRejection.Accepted;
        return refusal == SessionRejection.Accepted ? CheckSignature(terms, proof, policy.Domain) : refusal;
    }

    private static SessionRejection CheckSignature(ChannelTerms terms, SessionProof proof, ChannelDomain domain)
    {
        var digest = proof.ToSessionRequest(terms.Id(domain)).Digest(domain);
        return Secp256k1.Recover(digest, proof.Signature.Span, out var signer) != SignatureVerdict.Valid ? SessionRejection.BadSignature
            : signer == terms.Signer ? SessionRejection.Accepted
            : SessionRejection.WrongSigner;
    }

    private static ulong Distance(ulong a, ulong b) => a > b ? a - b : b - a;
}
