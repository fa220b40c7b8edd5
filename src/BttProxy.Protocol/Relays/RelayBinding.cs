using System.Text;
using BttProxy.Protocol.Keys;

namespace BttProxy.Protocol.Relays;

/// <summary>
/// Binds a relay's Ed25519 identity to its TRON side: the payee's authoriser signs
/// keccak256("bttproxy-bind/1|" ‖ relay id ‖ payee). Without it anybody could publish a record that names another's payee.
/// </summary>
public static class RelayBinding
{
    public static Bytes32 Digest(RelayId relayId, TronAddress payee)
    {
        Span<byte> input = stackalloc byte[ProtocolConstants.BindingLabel.Length + Bytes32.Length + TronAddress.Length];
        var length = Encoding.ASCII.GetBytes(ProtocolConstants.BindingLabel, input);
        relayId.Value.CopyTo(input[length..]);
        payee.CopyTo(input[(length + Bytes32.Length)..]);
        return Keccak256.Hash(input);
    }

    public static RecoverableSignature Sign(RelayId relayId, TronAddress payee, Secp256k1Key authorizer) =>
        authorizer.Sign(Digest(relayId, payee));

    /// <summary>Who authorises for the payee.</summary>
    public static SignatureVerdict Recover(
        RelayId relayId, TronAddress payee, RecoverableSignature binding, out TronAddress authorizer) =>
        Secp256k1.Recover(Digest(relayId, payee), binding.Span, out authorizer);
}
