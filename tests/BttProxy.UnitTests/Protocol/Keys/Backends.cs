using BttProxy.Protocol.Keys;

namespace BttProxy.UnitTests.Protocol.Keys;

internal static class Backends
{
    /// <summary>Portable always; native where libsecp256k1 is installed.</summary>
    public static IReadOnlyList<Secp256k1Backend> Available { get; } =
        Secp256k1.Backend == Secp256k1Backend.Native
            ? [Secp256k1Backend.Portable, Secp256k1Backend.Native]
            : [Secp256k1Backend.Portable];
}
