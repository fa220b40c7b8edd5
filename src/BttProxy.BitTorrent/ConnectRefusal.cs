namespace BttProxy.BitTorrent;

/// <summary>Why <see cref="ConnectGuard"/> does not let an address be dialled.</summary>
public enum ConnectRefusal
{
    None = 0,
    PortZero = 1,
    /// <summary>A port below 1024 that is not 80 or 443: mail, shell and name servers are no peers.</summary>
    SystemPort = 2,
    Unspecified = 3,
    Loopback = 4,
    Private = 5,
    LinkLocal = 6,
    CarrierGradeNat = 7,
    Multicast = 8,
    Reserved = 9,
    /// <summary>IPv6 that carries an IPv4 address through a translator (NAT64, 6to4, Teredo, IPv4-compatible).</summary>
    Translated = 10,
    /// <summary>In <see cref="ConnectGuardOptions.DeniedNetworks"/>.</summary>
    DeniedNetwork = 11,
    /// <summary>A port at which databases and the like listen, and peers do not.</summary>
    ServicePort = 12,
}
