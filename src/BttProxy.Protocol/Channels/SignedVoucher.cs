using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Channels;

/// <summary>A voucher and a signature over it that is still to be checked.</summary>
public readonly record struct SignedVoucher(Voucher Voucher, RecoverableSignature Signature)
{
    /// <summary>Who signed, with the contract's verdict.</summary>
    public SignatureVerdict Recover(ChannelDomain domain, out TronAddress signer) =>
        Secp256k1.Recover(Voucher.Digest(domain), Signature.Span, out signer);
}
