namespace BttProxy.Protocol.Keys;

/// <summary>What computes on the curve. Both give the same verdicts and, for one key and digest, the same signature.</summary>
public enum Secp256k1Backend
{
    /// <summary>Managed code on every platform: BouncyCastle.</summary>
    Portable,

    /// <summary>The platform's libsecp256k1, where it is installed with its recovery module.</summary>
    Native,
}
