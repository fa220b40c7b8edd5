using System.Net;

namespace BttProxy.BitTorrent;

/// <summary>What <see cref="ConnectGuard"/> allows.</summary>
public sealed record ConnectGuardOptions
{
    /// <summary>
    /// Allows loopback, RFC 1918 and unique-local addresses, and any port but 0, for test networks.
    /// Link-local stays denied: cloud hosts keep their metadata service there. Default: false.
    /// </summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Own and cluster networks, denied whatever else is allowed. Default: none.</summary>
    public IReadOnlyList<IPNetwork> DeniedNetworks { get; init; } = [];
}
