using BttProxy.Protocol.Channels;

namespace BttProxy.Protocol.Keys;

/// <summary>
/// Recovers the signers of vouchers of one channel, which are all signed by one key. Once the key has been seen, its signatures are
/// verified with it by our own arithmetic, R's parity included: the verdict of recovery for less work than either backend's. All others
/// are recovered in full by the backend. Not safe for concurrent use.
/// </summary>
public sealed class KnownSigner(Secp256k1Backend backend, TronAddress expected)
{
    private readonly byte[] _publicKey = new byte[64];
    private bool _isSeen;
    private PreparedPublicKey? _prepared;

    /// <summary>As the process's own backend does it.</summary>
    public KnownSigner(TronAddress expected)
        : this(Secp256k1.Backend, expected)
    {
    }

    /// <summary>Who signed a voucher, with the contract's verdict.</summary>
    public SignatureVerdict Recover(SignedVoucher voucher, ChannelDomain domain, out TronAddress signer) =>
        Recover(voucher.Voucher.Digest(domain), voucher.Signature.Span, out signer);

    /// <inheritdoc cref="Secp256k1.Recover(Bytes32, ReadOnlySpan{byte}, out TronAddress)"/>
    public SignatureVerdict Recover(Bytes32 digest, ReadOnlySpan<byte> signature, out TronAddress signer)
    {
        if (_isSeen && Secp256k1.CheckForm(signature) == SignatureVerdict.Valid)
        {
            // Made for the second signature: many channels see but one.
            _prepared ??= new PreparedPublicKey(_publicKey);
            if (_prepared.HasSigned(digest.Span, signature[..64], yIsOdd: signature[64] == 28))
            {
                signer = expected;
                return SignatureVerdict.Valid;
            }
        }

        Span<byte> publicKey = stackalloc byte[64];
        var verdict = Secp256k1.Recover(backend, digest, signature, publicKey, out signer);
        if (verdict == SignatureVerdict.Valid && signer == expected)
        {
            publicKey.CopyTo(_publicKey);
            _isSeen = true;
        }

        return verdict;
    }
}
